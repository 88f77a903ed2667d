package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What comes after a stop: the machine or the process goes down, and the spool is opened again, to
 * be stopped again, until all that it holds is looked at in the end.
 */
final class Crash {
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
        try (QueuePlayer player = CrashTest.open(disk, allowed)) {
            try {
                player.recognize();
                for (int i = 0; i < 4; i++) {
                    player.commit("C" + crashes + "x" + i, CrashTest.FILLER, "coe@c.example");
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
        try (QueuePlayer player = CrashTest.open(disk, allowed)) {
            player.recognize();
            player.check();
            player.commit("Z1", CrashTest.SMALL, "zoe@z.example");
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
