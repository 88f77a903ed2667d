package io.embedmta.queue;

import io.embedmta.message.Destination;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A recipient without an outcome, as an operator sees it. Immutable. */
public final class QueuedRecipient {

    /** What the queue does with a recipient. */
    public enum State {
        /** It waits for its next attempt, or for room. */
        WAITING,
        /** An attempt is being made. */
        ACTIVE,
        /** No attempt is made until an operator releases it. */
        HELD,
        /** An operator has ordered its end. */
        ENDING
    }

    private final PendingRecipient pending;
    private final Destination destination;
    private final State state;
    private final @Nullable Instant nextAttempt;

    private QueuedRecipient(
            PendingRecipient pending,
            Destination destination,
            State state,
            @Nullable Instant nextAttempt) {
        this.pending = pending;
        this.destination = destination;
        this.state = state;
        this.nextAttempt = nextAttempt;
    }

    /** One that waits for its next attempt. */
    public static QueuedRecipient waiting(
            PendingRecipient pending, Destination destination, Instant nextAttempt) {
        return new QueuedRecipient(pending, destination, State.WAITING, nextAttempt);
    }

    /** One for whom an attempt is being made. */
    public static QueuedRecipient active(PendingRecipient pending, Destination destination) {
        return new QueuedRecipient(pending, destination, State.ACTIVE, null);
    }

    /** One that is held. */
    public static QueuedRecipient held(PendingRecipient pending, Destination destination) {
        return new QueuedRecipient(pending, destination, State.HELD, null);
    }

    /** One whose end is ordered. */
    public static QueuedRecipient ending(PendingRecipient pending, Destination destination) {
        return new QueuedRecipient(pending, destination, State.ENDING, null);
    }

    /** Who. */
    public Recipient recipient() {
        return pending.recipient();
    }

    /** The line it waits in. */
    public Destination destination() {
        return destination;
    }

    /** What the queue does with it. */
    public State state() {
        return state;
    }

    /** How often delivery was tried and put off, 0 or more. */
    public int attempts() {
        return pending.attempts();
    }

    /** Why the last attempt was put off, shortened; empty if none was made yet. */
    public Optional<Reply> lastReply() {
        return pending.lastReply();
    }

    /** From when on the next attempt is made; empty unless it waits. */
    public Optional<Instant> nextAttempt() {
        return Optional.ofNullable(nextAttempt);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QueuedRecipient that
                && pending.equals(that.pending)
                && destination.equals(that.destination)
                && state == that.state
                && Objects.equals(nextAttempt, that.nextAttempt);
    }

    @Override
    public int hashCode() {
        return Objects.hash(pending, destination, state, nextAttempt);
    }

    /** For the log. */
    @Override
    public String toString() {
        return pending + " to " + destination + ": " + state + " " + nextAttempt;
    }
}
