package io.embedmta.auth;

import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.smtp.SyntaxException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A user that has proved who it is, and the sender addresses that it may use. Immutable.
 *
 * @param name as the application knows it; not empty, and without control characters
 * @param addresses single addresses that it may use
 * @param domains domains of which it may use any address
 * @param anySender whether it may use any address at all
 */
public record Identity(
        String name, Set<MailAddress> addresses, Set<MailDomain> domains, boolean anySender) {
    /** How {@link #sendingAs} spells "any address". */
    private static final String ANY = "*";

    /**
     * Copies the sets.
     *
     * @throws IllegalArgumentException if the name is empty, or holds a control character
     */
    public Identity {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Give the user a name.");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            // It stands in logs.
            throw new IllegalArgumentException("Give the user a name without control characters.");
        }
        addresses = Set.copyOf(addresses);
        domains = Set.copyOf(domains);
    }

    /**
     * A user that may use one address if its name is one. Another name gives nothing to hold it to,
     * so it may use any: {@link #sendingAs} says which it may.
     *
     * @throws IllegalArgumentException if the name is empty, or holds a control character
     */
    public Identity(String name) {
        this(name, addressIn(name), Set.of(), addressIn(name).isEmpty());
    }

    private static Set<MailAddress> addressIn(String name) {
        try {
            return Set.of(MailAddress.of(name));
        } catch (SyntaxException e) {
            return Set.of();
        }
    }

    /**
     * The same user, with these senders and no others.
     *
     * @param senders each an address such as {@code ann@example.org}, all those of a domain as
     *     {@code @example.org}, or {@code *} for any
     * @throws SyntaxException if one is none of these
     */
    public Identity sendingAs(String... senders) {
        return sendingAs(Arrays.asList(senders));
    }

    private Identity sendingAs(List<String> senders) {
        Set<MailAddress> single = new LinkedHashSet<>();
        Set<MailDomain> whole = new LinkedHashSet<>();
        boolean any = false;
        for (String sender : senders) {
            if (sender.equals(ANY)) {
                any = true;
            } else if (sender.startsWith("@")) {
                whole.add(MailDomain.of(sender.substring(1)));
            } else {
                single.add(MailAddress.of(sender));
            }
        }
        return new Identity(name, single, whole, any);
    }

    /**
     * Whether the user may send as this address. The case of a local part makes no difference: a
     * client writes its address as the user typed it. A subaddress is an address of its own.
     */
    public boolean maySendAs(MailAddress sender) {
        return anySender
                || domains.contains(sender.mailDomain())
                || addresses.stream().anyMatch(address -> isSame(address, sender));
    }

    private static boolean isSame(MailAddress one, MailAddress other) {
        return one.mailDomain().equals(other.mailDomain())
                && one.localPart()
                        .toLowerCase(Locale.ROOT)
                        .equals(other.localPart().toLowerCase(Locale.ROOT));
    }
}
