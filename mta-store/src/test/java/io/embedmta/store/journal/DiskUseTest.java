package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.queue.Lease;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The disk holds little more than what is queued, though some of it stays for long. */
class DiskUseTest extends SpoolFixture {
    private static final int KEPT = 40;
    private static final int GOING = 3000;

    /** What is queued is far less than a segment, so the bound is that of the segments. */
    private static final long BOUND = 4L * LIMITS.segmentSize();

    @Test
    void messagesThatComeAndGo_beforeAndBehindSomeThatStay_takeAFewSegments() throws IOException {
        long written = 0;
        try (QueuePlayer player = player()) {
            for (int i = 0; i < GOING; i++) {
                if (i % (GOING / KEPT) == 0) {
                    keep(player, "K" + i);
                }
                commit(player, "G" + i, 1500);
                player.finish("x.example");
                written += 1500;
            }
            // The cleaner has a thread of its own; more that comes and goes lets it catch up.
            for (int i = 0; i < GOING && disk.used() > BOUND; i++) {
                commit(player, "H" + i, SMALL);
                player.finish("x.example");
            }
            assertTrue(written > 10 * BOUND, "too little was written");
            assertTrue(disk.used() <= BOUND, () -> disk.used() + " octets are on the disk");
            player.reopen();
            player.drain();
        }
    }

    private static void keep(QueuePlayer player, String id) throws IOException {
        player.commit(id, SMALL, id.toLowerCase(Locale.ROOT) + "@kept.example");
        try (Lease lease = player.lease("kept.example")) {
            player.settle(
                    lease,
                    QueuePlayer.retry(
                            lease.work().get(0).recipient().toString(), 60 * 24 * 30, false));
        }
    }
}
