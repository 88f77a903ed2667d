package io.embedmta.jakarta;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one call, as Jakarta Mail gives them and wants them back, beside the recipients
 * that we make of them. Immutable.
 */
final class Addressees {
    private final List<Addressee> all;

    private Addressees(List<Addressee> all) {
        this.all = all;
    }

    /**
     * One address.
     *
     * @param recipient none if the text is no address
     * @param refusal none if it was taken, or has not been asked for yet
     */
    private record Addressee(
            InternetAddress address, @Nullable MailAddress recipient, @Nullable Reply refusal) {

        static Addressee of(InternetAddress address) {
            String text = Objects.requireNonNullElse(address.getAddress(), "");
            try {
                return new Addressee(address, MailAddress.ofPath(text), null);
            } catch (SyntaxException e) {
                Reply reply = Reply.of(553, "5.1.3", String.valueOf(e.getMessage()));
                return new Addressee(address, null, reply);
            }
        }

        Addressee refusedBy(Map<MailAddress, Reply> replies) {
            Reply reply = recipient == null ? null : replies.get(recipient);
            return reply == null ? this : new Addressee(address, recipient, reply);
        }

        boolean isInvalid() {
            return refusal != null && refusal.isPermanent();
        }

        boolean isDeferred() {
            return refusal != null && !refusal.isPermanent();
        }

        /** The reply as the exception that code for {@code smtp} looks for. */
        Optional<MessagingException> failure() {
            String command = "RCPT TO:<" + address.getAddress() + ">";
            return refusal == null
                    ? Optional.empty()
                    : Optional.of(
                            new SMTPAddressFailedException(
                                    address, command, refusal.code(), refusal.toString()));
        }
    }

    /**
     * Reads the addresses; groups stand for their members.
     *
     * @throws SendFailedException if there is none
     * @throws MessagingException if one is not for Internet mail
     */
    static Addressees of(Address @Nullable [] addresses) throws MessagingException {
        List<Addressee> all = new ArrayList<>();
        for (Address address : addresses == null ? new Address[0] : addresses) {
            if (!(address instanceof InternetAddress internet)) {
                throw new MessagingException(address + " is not an InternetAddress.");
            }
            members(internet).forEach(member -> all.add(Addressee.of(member)));
        }
        if (all.isEmpty()) {
            throw new SendFailedException("Give the message a recipient.");
        }
        return new Addressees(all);
    }

    private static List<InternetAddress> members(InternetAddress address) {
        try {
            InternetAddress[] members = address.isGroup() ? address.getGroup(true) : null;
            return members == null ? List.of(address) : List.of(members);
        } catch (AddressException e) {
            // It is refused as the address that it is not.
            return List.of(address);
        }
    }

    /** The same, once we know who was refused. */
    Addressees refusedBy(Map<MailAddress, Reply> replies) {
        return new Addressees(all.stream().map(one -> one.refusedBy(replies)).toList());
    }

    /** Those that can be asked for, each once. */
    List<MailAddress> recipients() {
        return all.stream().map(Addressee::recipient).filter(Objects::nonNull).distinct().toList();
    }

    boolean hasRefused() {
        return all.stream().anyMatch(one -> one.refusal() != null);
    }

    Address[] addresses() {
        return select(one -> true);
    }

    Address[] taken() {
        return select(one -> one.refusal() == null);
    }

    Address[] deferred() {
        return select(Addressee::isDeferred);
    }

    /** Of a message that was not sent at all: whom it might be sent to yet. */
    Address[] notInvalid() {
        return select(one -> !one.isInvalid());
    }

    Address[] invalid() {
        return select(Addressee::isInvalid);
    }

    private Address[] select(Predicate<Addressee> which) {
        return all.stream().filter(which).map(Addressee::address).toArray(Address[]::new);
    }

    /** The replies, one exception chained to the other. */
    Optional<MessagingException> failures() {
        List<MessagingException> failures =
                all.stream().map(Addressee::failure).flatMap(Optional::stream).toList();
        failures.stream().skip(1).forEach(failures.get(0)::setNextException);
        return failures.stream().findFirst();
    }
}
