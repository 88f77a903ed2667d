package io.embedmta.message;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One recipient of an envelope: its forward-path and what its sender wants to hear of it (RFC
 * 3461). Immutable.
 */
public final class Recipient {
    private final MailAddress address;
    private final @Nullable Set<Notify> notify;
    private final @Nullable OriginalRecipient original;

    private Recipient(
            MailAddress address,
            @Nullable Set<Notify> notify,
            @Nullable OriginalRecipient original) {
        this.address = address;
        this.notify = notify;
        this.original = original;
    }

    /** A recipient without DSN parameters. */
    public static Recipient of(MailAddress address) {
        return new Recipient(address, null, null);
    }

    /** The same recipient with a NOTIFY parameter; an empty set is NEVER. */
    public Recipient withNotify(Set<Notify> wanted) {
        Set<Notify> copy = EnumSet.noneOf(Notify.class);
        copy.addAll(wanted);
        return new Recipient(address, Collections.unmodifiableSet(copy), original);
    }

    /** The same recipient with an ORCPT parameter. */
    public Recipient withOriginal(OriginalRecipient originalRecipient) {
        return new Recipient(address, notify, originalRecipient);
    }

    /** The same wishes for another address, as an alias makes it. */
    public Recipient withAddress(MailAddress other) {
        return new Recipient(other, notify, original);
    }

    /** Where the message goes. */
    public MailAddress address() {
        return address;
    }

    /** The NOTIFY parameter, if one was given; an empty set is NEVER. */
    public Optional<Set<Notify>> notifyParameter() {
        return Optional.ofNullable(notify);
    }

    /** The ORCPT parameter, if one was given. */
    public Optional<OriginalRecipient> original() {
        return Optional.ofNullable(original);
    }

    /**
     * Whether the sender wants to hear of this. Without NOTIFY, failures and delays are told, and
     * successes are not (RFC 3461 §4.1).
     */
    public boolean wants(Notify condition) {
        return notify == null ? condition != Notify.SUCCESS : notify.contains(condition);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Recipient that
                && address.equals(that.address)
                && notifyParameter().equals(that.notifyParameter())
                && original().equals(that.original());
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
