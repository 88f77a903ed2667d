package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the post office reads: the reverse-path, the recipients, and what the sender asked for.
 * Immutable; the {@code with} methods return a changed copy.
 *
 * <pre>{@code
 * Envelope.from("a@x.example").to("b@y.example", "c@z.example")
 * }</pre>
 */
public final class Envelope {
    private static final int MAX_ENVELOPE_ID = 100;

    private final ReversePath from;
    private final List<Recipient> recipients;
    private final boolean eightBit;
    private final boolean smtpUtf8;
    private final @Nullable DsnReturn dsnReturn;
    private final @Nullable String envelopeId;
    private final TlsRequest tlsRequest;

    private Envelope(
            ReversePath from,
            List<Recipient> recipients,
            boolean eightBit,
            boolean smtpUtf8,
            @Nullable DsnReturn dsnReturn,
            @Nullable String envelopeId,
            TlsRequest tlsRequest) {
        this.from = from;
        this.recipients = recipients;
        this.eightBit = eightBit;
        this.smtpUtf8 = smtpUtf8;
        this.dsnReturn = dsnReturn;
        this.envelopeId = envelopeId;
        this.tlsRequest = tlsRequest;
    }

    /** An envelope without recipients yet. */
    public static Envelope from(ReversePath from) {
        return new Envelope(from, List.of(), false, false, null, null, TlsRequest.DEFAULT);
    }

    /**
     * An envelope without recipients yet.
     *
     * @param path an address, or the empty string for the null sender
     * @throws io.embedmta.smtp.SyntaxException if it is neither
     */
    public static Envelope from(String path) {
        return from(ReversePath.of(path));
    }

    /**
     * Adds recipients.
     *
     * @throws io.embedmta.smtp.SyntaxException if one is not an address
     */
    public Envelope to(String... addresses) {
        List<Recipient> all = new ArrayList<>(recipients);
        for (String address : addresses) {
            all.add(Recipient.of(MailAddress.of(address)));
        }
        return withRecipients(all);
    }

    /** Adds a recipient. */
    public Envelope to(Recipient recipient) {
        List<Recipient> all = new ArrayList<>(recipients);
        all.add(recipient);
        return withRecipients(all);
    }

    /** The same envelope for exactly these recipients. */
    public Envelope withRecipients(List<Recipient> all) {
        return new Envelope(
                from, List.copyOf(all), eightBit, smtpUtf8, dsnReturn, envelopeId, tlsRequest);
    }

    /** The same envelope for content with octets above 127 (8BITMIME, RFC 6152). */
    public Envelope withEightBit(boolean needed) {
        return new Envelope(from, recipients, needed, smtpUtf8, dsnReturn, envelopeId, tlsRequest);
    }

    /** The same envelope for a message that needs SMTPUTF8 (RFC 6531). */
    public Envelope withSmtpUtf8(boolean needed) {
        return new Envelope(from, recipients, eightBit, needed, dsnReturn, envelopeId, tlsRequest);
    }

    /** The same envelope with a RET parameter. */
    public Envelope withReturn(DsnReturn wanted) {
        return new Envelope(from, recipients, eightBit, smtpUtf8, wanted, envelopeId, tlsRequest);
    }

    /**
     * The same envelope with an ENVID parameter, decoded.
     *
     * @param id 1 to 100 printable ASCII characters or spaces, as a DSN prints it (RFC 3461 §4.4)
     * @throws io.embedmta.smtp.SyntaxException if it is not
     */
    public Envelope withEnvelopeId(String id) {
        boolean printable = id.chars().allMatch(c -> c >= ' ' && c < 127);
        if (id.isEmpty() || id.length() > MAX_ENVELOPE_ID || !printable) {
            throw new SyntaxException("ENVID is 1 to 100 printable ASCII characters.");
        }
        return new Envelope(from, recipients, eightBit, smtpUtf8, dsnReturn, id, tlsRequest);
    }

    /** The same envelope with what the sender wants of transport security. */
    public Envelope withTlsRequest(TlsRequest wanted) {
        return new Envelope(from, recipients, eightBit, smtpUtf8, dsnReturn, envelopeId, wanted);
    }

    /** Where a bounce goes. */
    public ReversePath from() {
        return from;
    }

    /** The recipients, in the order given. */
    public List<Recipient> recipients() {
        return recipients;
    }

    /** Whether the content holds octets above 127, so that the next hop must offer 8BITMIME. */
    public boolean eightBit() {
        return eightBit;
    }

    /** Whether an address or a header is not ASCII, so that the next hop must offer SMTPUTF8. */
    public boolean smtpUtf8() {
        return smtpUtf8;
    }

    /** How much a bounce carries back, if the sender said so. */
    public Optional<DsnReturn> dsnReturn() {
        return Optional.ofNullable(dsnReturn);
    }

    /** The sender's own id of the transaction (ENVID, RFC 3461 §4.4), decoded. */
    public Optional<String> envelopeId() {
        return Optional.ofNullable(envelopeId);
    }

    /** What the sender wants of transport security on the whole way (RFC 8689). */
    public TlsRequest tlsRequest() {
        return tlsRequest;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Envelope that
                && from.equals(that.from)
                && recipients.equals(that.recipients)
                && eightBit == that.eightBit
                && smtpUtf8 == that.smtpUtf8
                && dsnReturn == that.dsnReturn
                && envelopeId().equals(that.envelopeId())
                && tlsRequest == that.tlsRequest;
    }

    @Override
    public int hashCode() {
        return from.hashCode() * 31 + recipients.hashCode();
    }

    @Override
    public String toString() {
        return "<" + from + "> to " + recipients;
    }
}
