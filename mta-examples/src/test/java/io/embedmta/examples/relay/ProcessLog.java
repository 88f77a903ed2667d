package io.embedmta.examples.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a process prints, read as it comes; tests wait for its lines. */
final class ProcessLog {
    private static final long LIMIT_SECONDS = 30;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final Thread reader;

    ProcessLog(InputStream output) {
        reader = new Thread(() -> read(output), "process-log");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream output) {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("the log ended: " + e);
        }
    }

    /** Waits for a line that holds all of these, and gives it; lines before it are passed over. */
    String await(String... parts) throws InterruptedException {
        long end = end();
        while (true) {
            String line = next(end, List.of(parts));
            if (holds(line, List.of(parts))) {
                return line;
            }
        }
    }

    /** Waits until each of these is held by some line, in whichever order the lines come. */
    void awaitInAnyOrder(List<List<String>> each) throws InterruptedException {
        List<List<String>> missing = new ArrayList<>(each);
        long end = end();
        while (!missing.isEmpty()) {
            String line = next(end, missing);
            missing.removeIf(parts -> holds(line, parts));
        }
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    }

    private String next(long end, List<?> wanted) throws InterruptedException {
        String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new AssertionError(
                    "no line with " + wanted + " in the log:\n" + String.join("\n", seen));
        }
        seen.add(line);
        return line;
    }

    private static boolean holds(String line, List<String> parts) {
        return parts.stream().allMatch(line::contains);
    }

    /** All lines, once the process has ended. */
    List<String> whole() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        lines.drainTo(seen);
        return List.copyOf(seen);
    }
}
