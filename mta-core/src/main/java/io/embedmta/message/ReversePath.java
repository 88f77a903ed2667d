package io.embedmta.message;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a bounce would go: an address, or the null sender of a message that wants none. Immutable.
 */
public final class ReversePath {
    /** The null reverse-path {@code <>} (RFC 5321 §4.5.5). */
    public static final ReversePath NULL = new ReversePath(null);

    private final @Nullable MailAddress address;

    private ReversePath(@Nullable MailAddress address) {
        this.address = address;
    }

    /** The reverse-path of an address. */
    public static ReversePath of(MailAddress address) {
        return new ReversePath(address);
    }

    /**
     * Reads what stands between the angle brackets: an address, or nothing.
     *
     * @throws io.embedmta.smtp.SyntaxException if it is neither
     */
    public static ReversePath of(String path) {
        return path.isEmpty() ? NULL : new ReversePath(MailAddress.ofPath(path));
    }

    /** Whether this is the null sender. */
    public boolean isNull() {
        return address == null;
    }

    /** The address; empty for the null sender. */
    public Optional<MailAddress> address() {
        return Optional.ofNullable(address);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReversePath that && address().equals(that.address());
    }

    @Override
    public int hashCode() {
        return address().hashCode();
    }

    /** The address, or the empty string, as it stands between angle brackets. */
    @Override
    public String toString() {
        return address == null ? "" : address.toString();
    }
}
