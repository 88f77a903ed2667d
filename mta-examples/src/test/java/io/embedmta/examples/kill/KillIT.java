package io.embedmta.examples.kill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.store.journal.JournalQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay in a process of its own is killed (SIGKILL) at random instants while it takes and
 * delivers mail, and started again on the same spool; in the end its queue is drained. Nothing that
 * a client saw a 250 for may be missing or changed.
 *
 * <p>A letter may come twice to a recipient only if the life of the relay that delivered it was
 * killed with the delivery under way: after the sink had the letter, before the relay had recorded
 * the sink's 250. So no life delivers one twice, and each life leaves at most as many to be
 * repeated as it may have deliveries under way.
 *
 * <p>{@code kill.count} and {@code kill.seed} are system properties; docs/durability.md has the
 * command of a long run.
 */
class KillIT {
    private static final int KILLS = Integer.getInteger("kill.count", 10);
    private static final long SEED = Long.getLong("kill.seed", System.nanoTime());

    /** One life in so many is ended before it listens, while the spool is being opened. */
    private static final int EARLY_EVERY = 4;

    private static final int EARLY_MILLIS = 700;
    private static final int LIFE_MILLIS = 1200;
    private static final long DRAIN_SECONDS = 60;

    @TempDir Path directory;

    @Test
    void relay_killedAtAnyInstant_losesNothingAndRepeatsOnlyWhatWasUnderWay_I1_I2_I3()
            throws Exception {
        Path spool = directory.resolve("spool");
        Ledger ledger = new Ledger(SEED);
        int early;
        int letters;
        int left;
        try (Sink sink = Sink.start(ledger);
                Senders senders = new Senders(ledger)) {
            early = killAgainAndAgain(spool, sink, senders);
            left = drain(spool, sink, senders, ledger);
            letters = senders.letters();
        }
        Ledger.Balance balance = ledger.balance();
        System.out.printf(
                "kill.seed %d: %d kills, %d of them while opening; %,d letters sent, %,d promised,"
                        + " %,d copies arrived, %d duplicates, %d letters arrived whose 250 was"
                        + " lost; aside: %s%n",
                SEED,
                KILLS,
                early,
                letters,
                balance.promised(),
                balance.copies(),
                balance.duplicates(),
                balance.unpromised(),
                damaged(spool));
        assertEquals(List.of(), balance.faults(), "seed " + SEED);
        assertEquals(Set.of(), balance.missing(), "lost, seed " + SEED);
        assertEquals(0, left, "messages are left in the queue, seed " + SEED);
        balance.repeated()
                .forEach(
                        (life, repeated) ->
                                assertTrue(
                                        repeated <= RelayMain.DELIVERIES,
                                        () ->
                                                "life "
                                                        + life
                                                        + " left "
                                                        + repeated
                                                        + " to be repeated, seed "
                                                        + SEED));
        assertTrue(balance.promised() > KILLS, "there were letters");
        try (JournalQueue queue = JournalQueue.open(spool)) {
            assertEquals(0, queue.size());
        }
        assertEquals(0, large(spool), "files of large messages are left");
    }

    /** Returns how many were killed before they listened. */
    private static int killAgainAndAgain(Path spool, Sink sink, Senders senders)
            throws IOException, InterruptedException {
        Random random = new Random(SEED);
        int early = 0;
        for (int life = 1; life <= KILLS; life++) {
            try (RelayProcess relay = RelayProcess.launch(life, spool, sink)) {
                if (random.nextInt(EARLY_EVERY) == 0) {
                    early++;
                    relay.live(random.nextInt(EARLY_MILLIS));
                } else {
                    senders.connectTo(relay.port());
                    relay.live(random.nextInt(LIFE_MILLIS));
                }
                senders.expectKill();
                relay.kill();
            }
        }
        return early;
    }

    /** Returns how many messages are left in the queue that do not go. */
    private static int drain(Path spool, Sink sink, Senders senders, Ledger ledger)
            throws IOException, InterruptedException {
        try (RelayProcess relay = RelayProcess.launch(KILLS + 1, spool, sink)) {
            senders.connectTo(relay.port());
            senders.stop();
            ledger.awaitAll(DRAIN_SECONDS);
            int left = relay.drain();
            relay.stop();
            return left;
        }
    }

    private static List<String> damaged(Path spool) throws IOException {
        return names(spool, ".damaged");
    }

    private static int large(Path spool) throws IOException {
        return names(spool, ".mail").size();
    }

    private static List<String> names(Path spool, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
