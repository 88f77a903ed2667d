package io.embedmta.queue;

import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A recipient without an outcome yet, and what was tried for it. Immutable. */
public final class PendingRecipient {
    /** I5: a queue keeps this for each recipient, whatever a server writes in its reply. */
    private static final int MAX_REPLY_TEXT = 200;

    private final Recipient recipient;
    private final int attempts;
    private final boolean delayTold;
    private final @Nullable Reply lastReply;

    private PendingRecipient(
            Recipient recipient, int attempts, boolean delayTold, @Nullable Reply lastReply) {
        this.recipient = recipient;
        this.attempts = attempts;
        this.delayTold = delayTold;
        this.lastReply = lastReply;
    }

    /**
     * One whose last reply is not known.
     *
     * @param attempts how often delivery was tried and put off, 0 or more
     * @param delayTold whether the sender has been told of the delay
     */
    public PendingRecipient(Recipient recipient, int attempts, boolean delayTold) {
        this(recipient, attempts, delayTold, null);
    }

    /** One for whom nothing was tried yet. */
    public static PendingRecipient untried(Recipient recipient) {
        return new PendingRecipient(recipient, 0, false);
    }

    /** The same with a last reply, of whose text 200 characters on one line are kept. */
    public PendingRecipient withLastReply(Reply reply) {
        return new PendingRecipient(recipient, attempts, delayTold, shortened(reply));
    }

    /** The same after one attempt more that was put off. */
    public PendingRecipient after(Settlement.Retry retry) {
        return new PendingRecipient(
                recipient, attempts + 1, delayTold || retry.delayTold(), shortened(retry.reply()));
    }

    private static Reply shortened(Reply reply) {
        String text = reply.text();
        if (reply.lines().size() == 1 && text.length() <= MAX_REPLY_TEXT) {
            return reply;
        }
        String start = text.substring(0, Math.min(text.length(), MAX_REPLY_TEXT));
        return reply.enhanced()
                .map(status -> Reply.of(reply.code(), status, start))
                .orElseGet(() -> Reply.plain(reply.code(), start));
    }

    /** Who. */
    public Recipient recipient() {
        return recipient;
    }

    /** How often delivery was tried and put off, 0 or more. */
    public int attempts() {
        return attempts;
    }

    /** Whether the sender has been told of the delay. */
    public boolean delayTold() {
        return delayTold;
    }

    /** Why the last attempt was put off, shortened; empty if that is not known. */
    public Optional<Reply> lastReply() {
        return Optional.ofNullable(lastReply);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PendingRecipient that
                && recipient.equals(that.recipient)
                && attempts == that.attempts
                && delayTold == that.delayTold
                && Objects.equals(lastReply, that.lastReply);
    }

    @Override
    public int hashCode() {
        return Objects.hash(recipient, attempts, delayTold, lastReply);
    }

    /** For the log. */
    @Override
    public String toString() {
        return recipient + " after " + attempts + " attempts, last " + lastReply;
    }
}
