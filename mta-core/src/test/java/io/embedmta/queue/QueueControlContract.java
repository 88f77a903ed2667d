package io.embedmta.queue;

import java.io.IOException;
import org.junit.jupiter.api.Nested;

/**
 * What {@link QueueControl} and {@link Lease#order} promise, for queues that an operator can
 * control: they implement both interfaces. A nested class of an implementation's test extends this
 * class, and so runs all of
 *
 * <ul>
 *   <li>{@link QueueListContract}: what an operator is shown;
 *   <li>{@link QueueHoldContract}: hold, release and retry;
 *   <li>{@link QueueOrderContract}: bounce and remove;
 *   <li>{@link ControlInvariantContract}: I2 at random, and a closed queue.
 * </ul>
 */
public abstract class QueueControlContract {

    /** For the test of an implementation. */
    protected QueueControlContract() {}

    /** A queue without messages, which is a {@link QueueControl} too; the test closes it. */
    protected abstract MailQueue open() throws IOException;

    @Nested
    class Lists extends QueueListContract {
        @Override
        protected MailQueue open() throws IOException {
            return QueueControlContract.this.open();
        }
    }

    @Nested
    class Holds extends QueueHoldContract {
        @Override
        protected MailQueue open() throws IOException {
            return QueueControlContract.this.open();
        }
    }

    @Nested
    class Orders extends QueueOrderContract {
        @Override
        protected MailQueue open() throws IOException {
            return QueueControlContract.this.open();
        }
    }

    @Nested
    class Invariants extends ControlInvariantContract {
        @Override
        protected MailQueue open() throws IOException {
            return QueueControlContract.this.open();
        }
    }
}
