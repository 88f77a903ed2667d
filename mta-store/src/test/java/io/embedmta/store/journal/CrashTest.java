package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.Order;
import io.embedmta.queue.Selection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * I1 to I3 at every instant: the world is stopped at each call that changes the disk, some of what
 * was not synced gets there, and what the spool then holds must be what was promised.
 *
 * <p>The queue's own threads run as they like, so that a stop is not quite the same in each run;
 * what is checked does not depend on it. {@code -Dcrash.seed} and {@code -Dcrash.rounds} (1) say
 * where to begin and how long to go on.
 */
@Timeout(600)
class CrashTest {
    private static final int SMALL = 200;
    private static final int FILLER = 30_000;
    private static final int LARGE = 40_000;
    private static final int VERY_LARGE = 150_000;
    private static final JournalLimits LIMITS =
            JournalLimits.defaults()
                    .withLargeAbove(32 << 10)
                    .withSegmentSize(64 << 10)
                    .withReserve(0);

    /** What may come of one stop, each looked at. */
    private static final int OUTCOMES = 4;

    @Test
    void i1_i2_i3_stopAtEveryCall_losesNothingThatWasPromised() throws IOException {
        long seed = Long.getLong("crash.seed", System.nanoTime());
        int rounds = Integer.getInteger("crash.rounds", 1);
        try (QuietLog log = new QuietLog()) {
            log.say("CrashTest seed " + seed);
            long stops = 0;
            long start = System.nanoTime();
            for (int round = 0; round < rounds; round++) {
                long calls = callsWithoutStop();
                for (long call = 1; call <= calls; call++) {
                    stops += stopAt(call, new Random(seed + 1_000_003L * round + call));
                    log.forget();
                }
            }
            log.say(
                    "CrashTest: "
                            + stops
                            + " crashes in "
                            + Duration.ofNanos(System.nanoTime() - start).toMillis()
                            + " ms");
            assertTrue(stops > 1000);
        }
    }

    private static long callsWithoutStop() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        try (QueuePlayer player = open(disk, List.of(new QueueModel()))) {
            script(player, disk);
            player.drain();
        }
        return disk.calls();
    }

    private static QueuePlayer open(SimulatedDisk disk, List<QueueModel> allowed)
            throws IOException {
        return QueuePlayer.open(
                () -> JournalQueue.open(disk, LIMITS, new Random(1), () -> {}), allowed);
    }

    private static int stopAt(long call, Random random) {
        SimulatedDisk disk = new SimulatedDisk().stopAt(call);
        List<QueueModel> allowed = List.of(new QueueModel());
        try (QueuePlayer player = open(disk, List.of(new QueueModel()))) {
            try {
                script(player, disk);
            } catch (IOException | AssertionError e) {
                if (!disk.isStopped()) {
                    throw e;
                }
            }
            allowed = player.allowed();
        } catch (IOException e) {
            if (!disk.isStopped()) {
                throw new AssertionError("stopped at " + call, e);
            }
        }
        int outcomes = 0;
        for (int i = 0; i < OUTCOMES; i++) {
            Crash crash = new Crash(random, allowed);
            try {
                outcomes += crash.check(disk);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "stopped at "
                                + call
                                + "\n"
                                + crash.story()
                                + "\nbefore that\n"
                                + String.join("\n", disk.lastCalls()),
                        e);
            }
        }
        return outcomes;
    }

    /** What comes after a stop. */
    private static final class Crash {
        private final Random random;
        private final List<String> story = new ArrayList<>();
        private List<QueueModel> allowed;
        private int crashes;

        Crash(Random random, List<QueueModel> allowed) {
            this.random = random;
            this.allowed = allowed;
        }

        String story() {
            return String.join("\n", story);
        }

        /** Stops and starts, until all is looked at. Returns how often it crashed. */
        int check(SimulatedDisk stopped) throws IOException {
            SimulatedDisk disk = goDown(stopped);
            while (random.nextInt(3) > 0) {
                disk = goDown(reopenAndStop(disk));
            }
            try {
                lookAtAll(disk);
            } finally {
                story.addAll(disk.lastCalls());
            }
            return crashes;
        }

        private SimulatedDisk goDown(SimulatedDisk disk) {
            crashes++;
            boolean killed = random.nextInt(4) == 0;
            SimulatedDisk after = killed ? disk.afterKill() : disk.afterCrash(random);
            story.add(
                    (killed ? "killed, left " : "crashed, left ")
                            + describe(after)
                            + ", with one of "
                            + allowed.size());
            return after;
        }

        private static String describe(SimulatedDisk disk) {
            Set<String> files = new TreeSet<>();
            try {
                for (String name : disk.list()) {
                    files.add(name + ":" + disk.octets(name).length);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return files.toString();
        }

        /** The next crash comes while the spool is opened, or soon after. */
        private SimulatedDisk reopenAndStop(SimulatedDisk disk) throws IOException {
            int calls = 1 + random.nextInt(12);
            disk.stopAt(calls);
            story.add("opened, to stop at " + calls);
            try (QueuePlayer player = open(disk, allowed)) {
                try {
                    player.recognize();
                    for (int i = 0; i < 4; i++) {
                        player.commit("C" + crashes + "x" + i, FILLER, "coe@c.example");
                    }
                } catch (IOException | AssertionError e) {
                    if (!disk.isStopped()) {
                        throw e;
                    }
                }
                allowed = player.allowed();
            } catch (IOException e) {
                if (!disk.isStopped()) {
                    throw e;
                }
            }
            story.addAll(disk.lastCalls());
            return disk;
        }

        private void lookAtAll(SimulatedDisk disk) throws IOException {
            story.add("opened at last");
            // Twice, since the first opening may have left something behind.
            try (QueuePlayer player = open(disk, allowed)) {
                player.recognize();
                player.check();
                player.commit("Z1", SMALL, "zoe@z.example");
                player.reopen();
                player.drain();
                player.reopen();
                player.check();
            }
            for (String name : disk.list()) {
                assertEquals(-1, SpoolNames.numberOfLarge(name), name + " is left over");
            }
        }
    }

    /** Outcomes stand behind their message: no segment may come back when a newer one is gone. */
    @Test
    void i2_deletionsOfSegments_areDurableInTheirOrder_whateverDiedInBetween() throws IOException {
        SimulatedDisk over = new SimulatedDisk();
        QueueModel third;
        try (QueuePlayer player = open(over, List.of(new QueueModel()))) {
            player.commit("M1", FILLER, "ann@a.example");
            player.commit("M2", FILLER, "bob@b.example");
            player.commit("M3", FILLER, "cy@c.example");
            player.finish("a.example");
            player.finish("b.example");
            third = player.allowed().get(0);
            over = over.afterKill();
        }
        try (QueuePlayer player = open(over, List.of(third))) {
            player.finish("c.example");
            over = over.afterKill();
        }
        Random random = new Random(5);
        try (QuietLog log = new QuietLog()) {
            for (int first = 1; first < 7; first++) {
                SimulatedDisk killed = openAndStop(over.afterKill(), first).afterKill();
                for (int second = 1; second < 7; second++) {
                    SimulatedDisk stopped = openAndStop(killed.afterKill(), second);
                    for (int i = 0; i < 20; i++) {
                        try (QueuePlayer player =
                                open(stopped.afterCrash(random), List.of(new QueueModel()))) {
                            player.check();
                        }
                    }
                }
                log.forget();
            }
        }
    }

    private static SimulatedDisk openAndStop(SimulatedDisk disk, int call) {
        disk.stopAt(call);
        try (QueuePlayer player = open(disk, List.of(new QueueModel()))) {
            player.check();
            await(disk, names -> names.stream().noneMatch(name -> Segment.numberOf(name) >= 0));
        } catch (IOException e) {
            assertTrue(disk.isStopped(), e::toString);
        }
        return disk;
    }

    /** Everything that can happen to a message, in some four segments and with some compaction. */
    private static void script(QueuePlayer player, SimulatedDisk disk) throws IOException {
        player.commit("A1", SMALL, "ann@a.example");
        player.commit("B1", SMALL, "bob@b.example", "bea@b.example", "cy@c.example");
        player.abort("X1", LARGE);
        player.commit("L1", LARGE, "lou@l.example");
        player.commit("L2", VERY_LARGE, "lea@l.example", "max@m.example");
        player.commitTogether(disk, SMALL, "T1", "T2", "T3", "T4");
        retriesAndNotices(player);
        player.reopen();
        orders(player);
        fillSegments(player, 1, 9);
        await(disk, names -> !names.contains(Segment.name(1)));
        player.commitTogether(disk, FILLER, "T5", "T6", "T7");
        player.finish("l.example");
        await(disk, names -> !names.contains(SpoolNames.large(2)));
        player.reopen();
        player.commit("A2", SMALL, "amy@a.example");
        fillSegments(player, 20, 27);
        player.finish("m.example");
        player.reopen();
    }

    private static void retriesAndNotices(QueuePlayer player) throws IOException {
        try (Lease lease = player.lease("b.example")) {
            player.settle(lease, QueuePlayer.retry("bob@b.example", 60, false));
            player.settle(
                    lease, SMALL, List.of("N1"), QueuePlayer.retry("bea@b.example", 90, true));
        }
        try (Lease lease = player.lease("l.example")) {
            player.settle(lease, LARGE, List.of("N2", "N3"), QueuePlayer.done("lou@l.example"));
        }
        player.finish("from.example");
    }

    private static void orders(QueuePlayer player) throws IOException {
        player.hold(Selection.destination("b.example"));
        player.retry(Selection.all(), QueuePlayer.LATE);
        player.release(Selection.id(new QueueId("B1")));
        try (Lease lease = player.lease("c.example")) {
            player.hold(Selection.destination("c.example"));
            player.settle(lease, QueuePlayer.retry("cy@c.example", 5, false));
        }
        player.order(Selection.destination("together.example"), Order.BOUNCE);
        try (Lease lease = player.lease("together.example")) {
            player.settle(
                    lease,
                    SMALL,
                    List.of("N4"),
                    QueuePlayer.done(lease.work().get(0).recipient().toString()));
        }
        player.order(Selection.id(new QueueId("T2")), Order.REMOVE);
        player.finish("together.example");
    }

    /** One after the other comes and goes, so that old messages keep much that is over. */
    private static void fillSegments(QueuePlayer player, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            player.commit("F" + i, FILLER, "flo@f.example");
            player.finish("f.example");
        }
    }

    /** Waits for the cleaner. */
    private static void await(SimulatedDisk disk, Predicate<List<String>> what) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!what.test(disk.list())) {
            assertTrue(System.nanoTime() < end, () -> "left: " + disk.lastCalls());
            Thread.onSpinWait();
        }
    }
}
