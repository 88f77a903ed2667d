package io.embedmta.store.journal;

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
import java.util.concurrent.locks.LockSupport;
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
    static final int SMALL = 200;
    static final int FILLER = 30_000;
    private static final int LARGE = 40_000;
    private static final int VERY_LARGE = 150_000;
    private static final JournalLimits LIMITS =
            JournalLimits.defaults()
                    .withLargeAbove(32 << 10)
                    .withSegmentSize(64 << 10)
                    .withReserve(0);

    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 1);

    /** What may come of one stop, each looked at. */
    private static final int OUTCOMES = 4;

    @Test
    void i1_i2_i3_stopAtEveryCall_losesNothingThatWasPromised() throws IOException {
        List<Stop> stops = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (long call = callsWithoutStop(); call > 0; call--) {
                stops.add(new Stop(call, CrashTest::script));
            }
        }
        lookAt("script", stops);
    }

    @Test
    void i1_i2_i3_stopAnywhereInRandomOperations_losesNothingThatWasPromised() {
        Random random = new Random(SEED);
        List<Stop> stops = new ArrayList<>();
        for (int i = 0; i < 200 * ROUNDS; i++) {
            long seed = random.nextLong();
            stops.add(new Stop(1 + random.nextInt(400), (player, disk) -> play(player, seed)));
        }
        lookAt("random operations", stops);
    }

    private static void play(QueuePlayer player, long seed) throws IOException {
        RandomOperations operations = new RandomOperations(new Random(seed));
        for (int i = 0; i < 100; i++) {
            operations.play(player);
        }
    }

    /** A number of a call, and in what. */
    private record Stop(long call, Scenario scenario) {}

    private static void lookAt(String what, List<Stop> stops) {
        try (QuietLog log = new QuietLog()) {
            log.say("CrashTest, " + what + ": seed " + SEED);
            long start = System.nanoTime();
            long crashes = 0;
            for (int i = 0; i < stops.size(); i++) {
                Random random = new Random(SEED + i);
                crashes += stopAt(stops.get(i).call, random, stops.get(i).scenario);
                log.forget();
            }
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            log.say(stops.size() + " stops, " + crashes + " crashes in " + taken);
            assertTrue(crashes > 1000);
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

    static QueuePlayer open(SimulatedDisk disk, List<QueueModel> allowed) throws IOException {
        return QueuePlayer.open(
                () -> JournalQueue.open(disk, LIMITS, new Random(1), () -> {}), allowed);
    }

    /** What is done until the world stops. */
    @FunctionalInterface
    private interface Scenario {
        void play(QueuePlayer player, SimulatedDisk disk) throws IOException;
    }

    /** Returns how many crashes were looked at. */
    private static int stopAt(long call, Random random, Scenario scenario) {
        SimulatedDisk disk = new SimulatedDisk().stopAt(call);
        List<QueueModel> allowed = List.of(new QueueModel());
        try (QueuePlayer player = open(disk, List.of(new QueueModel()))) {
            try {
                scenario.play(player, disk);
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
            player.settle(
                    lease,
                    SMALL,
                    List.of("N1"),
                    QueuePlayer.retry("bob@b.example", 90, false),
                    QueuePlayer.retry("bea@b.example", 60, true));
        }
        try (Lease lease = player.lease("b.example")) {
            player.settle(lease, QueuePlayer.retry("bea@b.example", 70, false));
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
            LockSupport.parkNanos(10_000);
        }
    }
}
