package io.embedmta.jakarta;

import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.util.PropUtil;

/**
 * What a message and the properties of its session say of the envelope: the same, and in the same
 * order, as the transport {@code smtp} takes it. For one thread.
 */
final class MessageOptions {
    private final Session session;
    private final List<String> prefixes;
    private final MimeMessage message;
    private final Optional<SMTPMessage> options;

    /**
     * @param protocol whose properties count; of {@code mta}, those for {@code smtp} count as well,
     *     as code that exists has them
     */
    MessageOptions(Session session, String protocol, MimeMessage message) {
        this.session = session;
        this.prefixes =
                protocol.equals(MtaProvider.PROTOCOL)
                        ? List.of("mail.mta.", "mail.smtp.")
                        : List.of("mail." + protocol + ".");
        this.message = message;
        this.options = message instanceof SMTPMessage smtp ? Optional.of(smtp) : Optional.empty();
    }

    /**
     * The address that a bounce goes to; empty for the null sender.
     *
     * @throws MessagingException if there is none
     */
    String from() throws MessagingException {
        Optional<String> asked =
                options.map(SMTPMessage::getEnvelopeFrom)
                        .filter(from -> !from.isEmpty())
                        .or(() -> property("from"));
        String from = asked.isPresent() ? asked.get() : author();
        return from.startsWith("<") && from.endsWith(">")
                ? from.substring(1, from.length() - 1)
                : from;
    }

    private String author() throws MessagingException {
        Address[] authors = message.getFrom();
        Address author =
                authors != null && authors.length > 0
                        ? authors[0]
                        : InternetAddress.getLocalAddress(session);
        if (author instanceof InternetAddress internet && internet.getAddress() != null) {
            return internet.getAddress();
        }
        throw new MessagingException("Give the message a From field, or the session mail.from.");
    }

    /** Whether a refused recipient leaves the message to the others. */
    boolean sendPartial() {
        return options.filter(SMTPMessage::getSendPartial).isPresent()
                || prefixes.stream()
                        .anyMatch(
                                prefix ->
                                        PropUtil.getBooleanProperty(
                                                session.getProperties(),
                                                prefix + "sendpartial",
                                                false));
    }

    /**
     * The envelope for these recipients.
     *
     * @throws MessagingException if an option is none, or one that we do not know
     */
    Envelope envelope(ReversePath from, List<MailAddress> recipients) throws MessagingException {
        refuseExtensions();
        Optional<Set<Notify>> notify = notifyOption();
        List<Recipient> to = new ArrayList<>();
        for (MailAddress address : recipients) {
            Recipient recipient = Recipient.of(address);
            to.add(notify.map(recipient::withNotify).orElse(recipient));
        }
        Envelope envelope = Envelope.from(from).withRecipients(to);
        return returnOption().map(envelope::withReturn).orElse(envelope);
    }

    /** RFC 5321 §4.1.1.11: a parameter that is not known is refused, and not ignored. */
    private void refuseExtensions() throws MessagingException {
        Optional<String> extension =
                options.map(SMTPMessage::getMailExtension)
                        .filter(text -> !text.isEmpty())
                        .or(() -> property("mailextension"));
        if (extension.isPresent()) {
            throw new MessagingException(
                    "Parameters of MAIL are not known here; leave "
                            + extension.get()
                            + " out, or use Mta.submit, whose Envelope has them.");
        }
    }

    private Optional<Set<Notify>> notifyOption() throws MessagingException {
        int bits = options.map(SMTPMessage::getNotifyOptions).orElse(0);
        if (bits != 0) {
            return Optional.of(ofBits(bits));
        }
        Optional<String> text = property("dsn.notify");
        return text.isPresent() ? Optional.of(ofText(text.get())) : Optional.empty();
    }

    private static Set<Notify> ofBits(int bits) {
        Set<Notify> wanted = EnumSet.noneOf(Notify.class);
        if (bits == SMTPMessage.NOTIFY_NEVER) {
            return wanted;
        }
        addIf(wanted, Notify.SUCCESS, bits & SMTPMessage.NOTIFY_SUCCESS);
        addIf(wanted, Notify.FAILURE, bits & SMTPMessage.NOTIFY_FAILURE);
        addIf(wanted, Notify.DELAY, bits & SMTPMessage.NOTIFY_DELAY);
        return wanted;
    }

    private static void addIf(Set<Notify> wanted, Notify condition, int bit) {
        if (bit != 0) {
            wanted.add(condition);
        }
    }

    /** RFC 3461 §4.1: NEVER stands alone. */
    private static Set<Notify> ofText(String text) throws MessagingException {
        Set<Notify> wanted = EnumSet.noneOf(Notify.class);
        if (text.equalsIgnoreCase("NEVER")) {
            return wanted;
        }
        for (String word : text.split(",", -1)) {
            try {
                wanted.add(Notify.valueOf(word.trim().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new MessagingException(
                        "dsn.notify is NEVER, or some of SUCCESS,FAILURE,DELAY; not " + text, e);
            }
        }
        return wanted;
    }

    private Optional<DsnReturn> returnOption() throws MessagingException {
        int option = options.map(SMTPMessage::getReturnOption).orElse(0);
        if (option != 0) {
            return Optional.of(option == SMTPMessage.RETURN_FULL ? DsnReturn.FULL : DsnReturn.HDRS);
        }
        Optional<String> text = property("dsn.ret");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(DsnReturn.valueOf(text.get().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new MessagingException("dsn.ret is FULL or HDRS, not " + text.get(), e);
        }
    }

    private Optional<String> property(String name) {
        for (String prefix : prefixes) {
            String value = session.getProperty(prefix + name);
            if (value != null && !value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
