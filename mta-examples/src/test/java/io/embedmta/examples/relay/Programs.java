package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that nobody here wrote. A test whose program is missing is skipped, and says which. */
public final class Programs {
    private static final long LIMIT_SECONDS = 60;

    private Programs() {}

    /** The program's path; skips the test where it is missing. */
    public static String require(String name) {
        Optional<Path> found =
                Stream.concat(
                                Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                                Stream.of("/usr/sbin"))
                        .map(folder -> Path.of(folder, name))
                        .filter(Files::isExecutable)
                        .findFirst();
        Assumptions.assumeTrue(found.isPresent(), name + " is not installed");
        return found.orElseThrow().toString();
    }

    /** How a program ended, and what it printed. */
    public record Ended(int exit, String output) {}

    /** Runs a program to its end. */
    public static Ended execute(String... command) throws IOException, InterruptedException {
        return execute("", command);
    }

    private static Ended execute(String input, String... command)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), command[0] + " hangs");
        return new Ended(process.exitValue(), output);
    }

    /** Runs a program to its end, which has to be good, and gives what it printed. */
    public static String run(String... command) throws IOException, InterruptedException {
        return pipe("", command);
    }

    /** Like {@link #run}, for a program that first reads all of its input. */
    public static String pipe(String input, String... command)
            throws IOException, InterruptedException {
        Ended ended = execute(input, command);
        assertEquals(0, ended.exit(), command[0] + " failed:\n" + ended.output());
        return ended.output();
    }
}
