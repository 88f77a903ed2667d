package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a million messages that wait to be tried again take: heap, disk, and the time to open the
 * spool again, in a JVM with a heap of 512 MiB. Takes minutes, and some 4 GB of disk.
 */
final class MillionDeferred {
    private MillionDeferred() {}

    static void measure(PrintStream out) throws IOException, InterruptedException {
        Path spool = Files.createTempDirectory("million");
        try {
            out.printf(
                    "%nA million deferred messages of 2 KiB to 10,000 destinations, -Xmx512m%n%n");
            out.print(run("fill", spool));
            out.printf("Disk: %,d MiB%n", octets(spool) >> 20);
            out.print(run("open", spool));
        } finally {
            for (Path file : files(spool)) {
                Files.delete(file);
            }
            Files.delete(spool);
        }
    }

    private static String run(String step, Path spool) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MillionMain.class.getName(),
                                step,
                                spool.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("The step " + step + " failed: " + said);
        }
        return said;
    }

    private static long octets(Path spool) throws IOException {
        long sum = 0;
        for (Path file : files(spool)) {
            sum += Files.size(file);
        }
        return sum;
    }

    private static List<Path> files(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
