package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done with a queue on a real disk, it knows afterwards what plain maps in memory know,
 * and knows it still when it is opened again. {@code -Dmodel.seed} and {@code -Dmodel.steps} say
 * what is done, and for how long.
 */
@Timeout(600)
class JournalModelTest {
    private static final JournalLimits LIMITS =
            JournalLimits.defaults()
                    .withLargeAbove(8 << 10)
                    .withSegmentSize(64 << 10)
                    .withReserve(0);

    @TempDir Path directory;

    @Test
    void i2_i3_randomOperations_leaveTheQueueAsTheModel() throws IOException {
        long seed = Long.getLong("model.seed", System.nanoTime());
        System.err.println("JournalModelTest seed " + seed);
        RandomOperations operations = new RandomOperations(new Random(seed));
        int steps = Integer.getInteger("model.steps", 600);
        try (QueuePlayer player =
                QueuePlayer.open(
                        () -> JournalQueue.open(directory, LIMITS), List.of(new QueueModel()))) {
            for (int i = 0; i < steps; i++) {
                int at = i;
                try {
                    operations.play(player);
                    player.check();
                } catch (AssertionError e) {
                    throw new AssertionError("step " + at + " with seed " + seed, e);
                }
            }
            player.drain();
            player.reopen();
            player.check();
        }
    }
}
