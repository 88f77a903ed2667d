package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What Linux says a process has run. A server like Postfix ends its processes after some work, so
 * the time of those that are gone counts too: it went to the parent that waited for them.
 */
final class ProcessorTime {
    /** The unit of /proc, USER_HZ, is the same on all platforms that Java runs on. */
    private static final Duration TICK = Duration.ofMillis(10);

    /** Fields of /proc/PID/stat behind the name, as proc(5) numbers them. */
    private static final int FIRST_FIELD = 3;

    private static final int UTIME = 14;
    private static final int STIME = 15;
    private static final int CUTIME = 16;
    private static final int CSTIME = 17;

    private ProcessorTime() {}

    /** Of a process, its living children, and all children it had. */
    static Duration ofFamily(ProcessHandle parent) throws IOException {
        while (true) {
            long gone = ticks(parent.pid(), CUTIME) + ticks(parent.pid(), CSTIME);
            long sum = gone + own(parent.pid());
            for (ProcessHandle child : parent.children().toList()) {
                sum += own(child.pid());
            }
            // If a child went meanwhile, it was counted twice or not at all.
            if (gone == ticks(parent.pid(), CUTIME) + ticks(parent.pid(), CSTIME)) {
                return TICK.multipliedBy(sum);
            }
        }
    }

    private static long own(long pid) throws IOException {
        return ticks(pid, UTIME) + ticks(pid, STIME);
    }

    private static long ticks(long pid, int field) throws IOException {
        try {
            Path stat = Path.of("/proc", Long.toString(pid), "stat");
            String line = Files.readString(stat, StandardCharsets.US_ASCII);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[field - FIRST_FIELD]);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
