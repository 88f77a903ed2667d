package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing an agent while clients are there. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShutdownTest {
    private final RecordingQueue queue = new RecordingQueue();
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    /**
     * The engine waits for its tasks; the thread of the last one may need an instant more to be
     * gone. On a JVM with virtual threads there are none to see.
     */
    private void assertNoThreadIsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            boolean ours = thread.getName().matches("(mta|smtp)-.*");
            if (ours && !before.contains(thread)) {
                thread.join(5000);
                assertFalse(thread.isAlive(), thread.getName());
            }
        }
    }

    /** Refused by the kernel; or, if it was in time to connect, reset or told 421. */
    private static void assertNotServed(Mta mta) throws IOException {
        try (SmtpDialogue late = SmtpDialogue.connect(mta)) {
            int first = late.socket().getInputStream().read();
            assertTrue(first == -1 || first == '4', "a new client was served while closing");
        } catch (SocketException e) {
            // Refused or reset: the client goes elsewhere.
        }
    }

    private static Thread closing(Mta mta) {
        Thread thread = new Thread(mta::close);
        thread.start();
        return thread;
    }

    @Test
    void close_tellsIdleClients421_I9() throws Exception {
        Mta mta = Servers.start(queue);
        try (SmtpDialogue greeted = SmtpDialogue.greeted(mta);
                SmtpDialogue silent = SmtpDialogue.connect(mta).expect("220 ")) {
            long start = System.nanoTime();
            mta.close();
            assertTrue(
                    System.nanoTime() - start < 3_000_000_000L, "idle clients held up the close");
            greeted.expect("421 4.3.2").expectClosed();
            silent.expect("421 4.3.2").expectClosed();
        }
        assertNoThreadIsLeft();
    }

    @Test
    void close_letsRunningTransactionEnd_I9() throws Exception {
        Mta mta = Servers.start(queue);
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta);
                SmtpDialogue idle = SmtpDialogue.greeted(mta)) {
            client.say("DATA").expect("354 ");
            Thread closing = closing(mta);
            idle.expect("421 4.3.2");
            assertNotServed(mta);
            client.send("a\r\n.\r\n").expect("250 2.0.0 Queued").expect("421 4.3.2").expectClosed();
            closing.join();
        }
        assertEquals(1, queue.messages().size());
        assertNoThreadIsLeft();
    }

    @Test
    void close_cutsTransactionThatTakesTooLong_I9() throws Exception {
        Mta mta =
                Servers.builder(queue)
                        .shutdownGrace(Duration.ofMillis(200))
                        .listener(Servers.listener())
                        .start();
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ").say("a");
            mta.close();
            client.expect("421 4.3.2").expectClosed();
        }
        assertEquals(0, queue.messages().size());
        assertEquals(0, queue.open());
        assertNoThreadIsLeft();
    }

    @Test
    void close_withHangingFilter_endsItAndReturns_I8() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        Filter hanging =
                new Filter() {
                    @Override
                    public Verdict recipient(TransactionView tx, Recipient to) {
                        reached.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return Verdict.next();
                    }
                };
        Mta mta =
                Servers.builder(queue)
                        .shutdownGrace(Duration.ofMillis(100))
                        .filter(hanging)
                        .listener(Servers.listener())
                        .start();
        try (SmtpDialogue stuck = SmtpDialogue.greeted(mta);
                SmtpDialogue other = SmtpDialogue.greeted(mta)) {
            stuck.say("MAIL FROM:<>").expect("250 ").say("RCPT TO:<bob@ours.example>");
            reached.await();
            // One client's filter is not the others' trouble.
            other.say("MAIL FROM:<>").expect("250 ");
            mta.close();
        }
        assertNoThreadIsLeft();
    }

    @Test
    void close_twice_isNoError() throws InterruptedException {
        Mta mta = Servers.start(queue);
        mta.close();
        mta.close();
        assertNoThreadIsLeft();
    }
}
