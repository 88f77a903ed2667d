package io.embedmta.internal.client;

import io.embedmta.message.Envelope;
import io.embedmta.message.Notify;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import io.embedmta.smtp.Xtext;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes MAIL and RCPT with the parameters that the server understands. */
final class PathCommands {
    /**
     * RFC 3461 §4.2. One that encoding has made longer is left out: a notice then names the
     * recipient as it is now, which is better than a server that refuses the command.
     */
    private static final int MAX_ORCPT = 500;

    private PathCommands() {}

    /** Whether MAIL must carry SMTPUTF8 (RFC 6531 §3.4): for the content, or for an address. */
    static boolean needsSmtpUtf8(Envelope envelope) {
        return envelope.smtpUtf8()
                || !hasAsciiSender(envelope)
                || envelope.recipients().stream().anyMatch(to -> !to.address().isAscii());
    }

    static boolean hasAsciiSender(Envelope envelope) {
        return envelope.from().address().map(from -> from.isAscii()).orElse(true);
    }

    static String mail(Envelope envelope, long size, Capabilities server) {
        StringBuilder line = new StringBuilder(128);
        line.append("MAIL FROM:<").append(envelope.from()).append('>');
        if (server.offers("SIZE")) {
            // RFC 1870 §5: the octets before dot stuffing.
            line.append(" SIZE=").append(size);
        }
        boolean utf8 = needsSmtpUtf8(envelope) && server.offers("SMTPUTF8");
        if ((envelope.eightBit() || utf8) && server.offers("8BITMIME")) {
            line.append(" BODY=8BITMIME");
        }
        if (utf8) {
            line.append(" SMTPUTF8");
        }
        if (envelope.tlsRequest() == TlsRequest.REQUIRED) {
            // RFC 8689 §4.2.1; a server that does not offer it has not got so far.
            line.append(" REQUIRETLS");
        }
        if (server.offers("DSN")) {
            envelope.dsnReturn().ifPresent(ret -> line.append(" RET=").append(ret));
            envelope.envelopeId().ifPresent(id -> line.append(" ENVID=").append(Xtext.encode(id)));
        }
        return line.toString();
    }

    static String rcpt(Recipient recipient, Capabilities server) {
        StringBuilder line = new StringBuilder(128);
        line.append("RCPT TO:<").append(recipient.address()).append('>');
        if (server.offers("DSN")) {
            // RFC 3461 §5.2.1: what came with the recipient goes on with it.
            recipient.notifyParameter().ifPresent(on -> line.append(" NOTIFY=").append(list(on)));
            recipient
                    .original()
                    .map(original -> "ORCPT=" + original.toParameter())
                    .filter(orcpt -> orcpt.length() <= MAX_ORCPT)
                    .ifPresent(orcpt -> line.append(' ').append(orcpt));
        }
        return line.toString();
    }

    private static String list(Set<Notify> conditions) {
        return conditions.isEmpty()
                ? "NEVER"
                : conditions.stream().map(Notify::name).collect(Collectors.joining(","));
    }
}
