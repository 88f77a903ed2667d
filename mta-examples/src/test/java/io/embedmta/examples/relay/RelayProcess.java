package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The relay's jar in a process of its own, as users run it; its log is what tests wait for. */
final class RelayProcess implements AutoCloseable {
    static final Path JAR = Path.of("target", "mta-relay.jar").toAbsolutePath();
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final long LIMIT_SECONDS = 30;

    private final Process process;
    private final String ready;
    private final ProcessLog log;

    private RelayProcess(Process process) throws IOException {
        this.process = process;
        this.log = new ProcessLog(process.getErrorStream());
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        this.ready = line == null ? "" : line;
    }

    /** Starts the relay on a free port, and returns once it accepts mail. */
    static RelayProcess start(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0"));
        all.addAll(List.of("--hostname", "mx.test"));
        all.addAll(List.of(options));
        RelayProcess relay = new RelayProcess(launch(all));
        assertTrue(relay.ready.startsWith("ready smtp="), "said at start: " + relay.ready);
        return relay;
    }

    static Process launch(List<String> options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                JAVA,
                                // What a killed relay cannot delete goes with the next clean.
                                "-Djava.io.tmpdir=" + JAR.toAbsolutePath().getParent(),
                                "-jar",
                                JAR.toString()));
        command.addAll(options);
        return new ProcessBuilder(command).start();
    }

    /** What it printed when it was. */
    String ready() {
        return ready;
    }

    int port() {
        return port("smtp");
    }

    /** The port of the first listener of that name in the ready line. */
    int port(String listener) {
        for (String word : ready.split(" ", -1)) {
            if (word.startsWith(listener + "=")) {
                return Integer.parseInt(word.substring(word.lastIndexOf(':') + 1));
            }
        }
        throw new AssertionError("there is no " + listener + " in " + ready);
    }

    /** Waits for a line of the log that holds all of these, and gives it. */
    String awaitLog(String... parts) throws InterruptedException {
        return log.await(parts);
    }

    /** The same for two lines that different threads write, in whichever order. */
    void awaitLogs(List<String> one, List<String> other) throws InterruptedException {
        log.awaitInAnyOrder(List.of(one, other));
    }

    /** Every line of the log, after {@link #stop}. */
    List<String> wholeLog() throws InterruptedException {
        return log.whole();
    }

    /** Tells the process to stop (SIGTERM), and waits. */
    int stop() throws InterruptedException {
        // Process.destroy would close the log before the relay has said its last.
        process.toHandle().destroy();
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "the relay did not stop");
        return process.exitValue();
    }

    /** Ends the process (SIGKILL) if it runs still. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            process.getInputStream().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
