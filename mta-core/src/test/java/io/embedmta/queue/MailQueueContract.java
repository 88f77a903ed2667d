package io.embedmta.queue;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

/**
 * What {@link MailQueue}, {@link MailWriter} and {@link Lease} promise, in tests that every queue
 * runs: the test of an implementation extends this class, and so runs all of
 *
 * <ul>
 *   <li>{@link MailWriterContract}: how a message gets in;
 *   <li>{@link DueWorkContract}: what is handed out when, wake-ups, size and close;
 *   <li>{@link LeaseContract}: how long a lease holds, and what comes after it;
 *   <li>{@link SettlementContract}: what becomes of recipients;
 *   <li>{@link NoticeContract}: messages that are committed with a settlement;
 *   <li>{@link QueueInvariantContract}: I2 and I5, at random and with many threads.
 * </ul>
 *
 * <p>A queue that an operator can control runs {@link QueueControlContract} too, in a nested class
 * of its test.
 */
public abstract class MailQueueContract {

    /** For the test of an implementation. */
    protected MailQueueContract() {}

    /** A queue without messages; the test closes it. */
    protected abstract MailQueue open() throws IOException;

    /** A queue that is full with so many messages; empty if the queue knows no such bound. */
    protected Optional<MailQueue> openWithRoomFor(int messages) throws IOException {
        return Optional.empty();
    }

    @Nested
    class Writers extends MailWriterContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }
    }

    @Nested
    class DueWork extends DueWorkContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }
    }

    @Nested
    class Settlements extends SettlementContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }
    }

    @Nested
    class Notices extends NoticeContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }

        @Override
        Optional<MailQueue> openWithRoomFor(int messages) throws IOException {
            return MailQueueContract.this.openWithRoomFor(messages);
        }
    }

    @Nested
    class Invariants extends QueueInvariantContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }
    }
}
