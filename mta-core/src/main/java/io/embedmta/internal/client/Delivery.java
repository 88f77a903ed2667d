package io.embedmta.internal.client;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One message on its way over one session: refuses what the server cannot take, and runs as many
 * transactions as its limit of recipients makes necessary.
 */
final class Delivery {
    private final Session session;
    private final Envelope envelope;
    private final Content content;
    private final Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();

    Delivery(Session session, Envelope envelope, Content content) {
        this.session = session;
        this.envelope = envelope;
        this.content = content;
    }

    /** What was decided so far. */
    Map<MailAddress, DeliveryResult> results() {
        return results;
    }

    Transmission run() {
        if (envelope.tlsRequest() == TlsRequest.REQUIRED && !honoursRequireTls()) {
            // RFC 8689 §4.2.1, §7: 5.7.30 is for this.
            return new Transmission.Unfit(
                    Reply.of(
                            550,
                            "5.7.30",
                            "the message demands REQUIRETLS, which "
                                    + session.server()
                                    + " does not offer"));
        }
        Optional<Reply> refusal = refusal();
        if (refusal.isPresent()) {
            fail(envelope.recipients(), refusal.get());
            return new Transmission.Answered(results);
        }
        List<Recipient> pending = withoutUnspeakable(envelope.recipients());
        boolean first = true;
        while (!pending.isEmpty()) {
            int count = Math.min(pending.size(), session.recipientLimit());
            List<Recipient> now = pending.subList(0, count);
            List<Recipient> rest = pending.subList(count, pending.size());
            Transaction transaction =
                    new Transaction(session, envelope.withRecipients(now), content, results);
            try {
                transaction.run();
            } catch (SessionEndedException e) {
                if (first) {
                    return new Transmission.NoSession(e.reply(), e.remoteMta());
                }
                defer(pending, e.reply(), e.remoteMta());
                break;
            }
            first = false;
            pending = next(transaction.excess(), now, rest);
        }
        return new Transmission.Answered(results);
    }

    /**
     * Who is left for another transaction. A transaction that decided nobody shows that the limit
     * is not one of recipients; then its word is the result.
     */
    private List<Recipient> next(
            Map<Recipient, Reply> excess, List<Recipient> now, List<Recipient> rest) {
        boolean progress = excess.size() < now.size();
        if (progress && !session.connection().isClosed()) {
            if (!excess.isEmpty()) {
                session.learnRecipientLimit(now.size() - excess.size());
            }
            List<Recipient> next = new ArrayList<>(excess.keySet());
            next.addAll(rest);
            return next;
        }
        String name = session.server().name();
        excess.forEach(
                (recipient, reply) -> {
                    // RFC 5321 §4.5.3.1.10: a 552 for too many recipients is temporary too.
                    boolean full = !progress && reply.code() == 552 && reply.enhanced().isEmpty();
                    results.put(
                            recipient.address(),
                            full
                                    ? new DeliveryResult.Failed(reply, name)
                                    : new DeliveryResult.Deferred(reply, name));
                });
        defer(
                rest,
                Reply.of(451, "4.5.3", "their turn did not come in a session with " + name),
                "");
        return List.of();
    }

    /** RFC 8689 §4.2.1: what counts is what the server offers within TLS. */
    private boolean honoursRequireTls() {
        return session.security() instanceof HopSecurity.Encrypted
                && session.capabilities().offers("REQUIRETLS");
    }

    /** Why the server cannot take this message for anybody, by what it offered. */
    private Optional<Reply> refusal() {
        Capabilities server = session.capabilities();
        if (content.size() > server.sizeLimit()) {
            // RFC 1870 §6.1: no use in sending what it has said it refuses.
            return Optional.of(
                    Reply.of(
                            552,
                            "5.3.4",
                            "the message has "
                                    + content.size()
                                    + " octets, and "
                                    + session.server()
                                    + " takes "
                                    + server.sizeLimit()));
        }
        if (!server.offers("SMTPUTF8")
                && (envelope.smtpUtf8() || !PathCommands.hasAsciiSender(envelope))) {
            // RFC 6531 §3.2: it must not be sent.
            return Optional.of(noSmtpUtf8());
        }
        if (envelope.eightBit() && !server.offers("8BITMIME")) {
            // RFC 6152 §3: convert or return; conversion would break signatures.
            return Optional.of(
                    Reply.of(
                            554,
                            "5.6.3",
                            "the message has 8-bit content, and "
                                    + session.server()
                                    + " does not offer 8BITMIME"));
        }
        return Optional.empty();
    }

    /**
     * Fails recipients that cannot be named to this server (RFC 6531 §3.2), and leaves them out.
     */
    private List<Recipient> withoutUnspeakable(List<Recipient> recipients) {
        if (session.capabilities().offers("SMTPUTF8")) {
            return recipients;
        }
        List<Recipient> speakable = new ArrayList<>(recipients.size());
        for (Recipient recipient : recipients) {
            if (recipient.address().isAscii()) {
                speakable.add(recipient);
            } else {
                fail(List.of(recipient), noSmtpUtf8());
            }
        }
        return speakable;
    }

    private Reply noSmtpUtf8() {
        return Reply.of(
                550,
                "5.6.7",
                "the message or an address needs SMTPUTF8, which "
                        + session.server()
                        + " does not offer");
    }

    private void fail(List<Recipient> recipients, Reply reply) {
        for (Recipient recipient : recipients) {
            results.put(recipient.address(), new DeliveryResult.Failed(reply, ""));
        }
    }

    private void defer(List<Recipient> recipients, Reply reply, String remoteMta) {
        for (Recipient recipient : recipients) {
            results.put(recipient.address(), new DeliveryResult.Deferred(reply, remoteMta));
        }
    }
}
