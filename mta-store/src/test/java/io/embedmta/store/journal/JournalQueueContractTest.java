package io.embedmta.store.journal;

import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailQueueContract;
import io.embedmta.queue.QueueControlContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a queue, held on a real disk. */
class JournalQueueContractTest extends MailQueueContract {
    @TempDir Path directory;
    private int opened;

    @Override
    protected MailQueue open() throws IOException {
        return openNext();
    }

    private MailQueue openNext() throws IOException {
        return JournalQueue.open(directory.resolve("spool" + opened++));
    }

    @Nested
    class Control extends QueueControlContract {
        @Override
        protected MailQueue open() throws IOException {
            return openNext();
        }
    }

    /** With messages in files of their own, and segments that end soon. */
    @Nested
    class LargeContents extends MailQueueContract {
        @Override
        protected MailQueue open() throws IOException {
            JournalLimits limits =
                    JournalLimits.defaults().withLargeAbove(10).withSegmentSize(64 << 10);
            return JournalQueue.open(directory.resolve("large" + opened++), limits);
        }
    }
}
