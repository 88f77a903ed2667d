package io.embedmta.queue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fresh queue for each test of a contract. */
abstract class QueueFixture {
    final AtomicInteger wakeUps = new AtomicInteger();
    MailQueue queue;
    QueueDriver driver;

    /** A queue without messages; the test closes it. */
    protected abstract MailQueue open() throws IOException;

    @BeforeEach
    void openQueue() throws IOException {
        queue = open();
        queue.start(wakeUps::incrementAndGet);
        driver = new QueueDriver(queue);
    }

    @AfterEach
    void closeQueue() {
        queue.close();
    }
}
