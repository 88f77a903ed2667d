package io.embedmta.examples.kill;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One life of the relay, in a JVM of its own. */
final class RelayProcess implements AutoCloseable {
    private static final String NAME = "relay-";
    private static final String DOMAIN = ".example";
    private static final long LIMIT_SECONDS = 30;

    private final Process process;
    private final BufferedReader answers;

    private RelayProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /**
     * Starts a JVM like ours, with the same class path. Does not wait for it.
     *
     * @param life 1 or more, which it tells the sink in its name
     */
    static RelayProcess launch(int life, Path spool, Sink sink) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RelayMain.class.getName(),
                        NAME + life + DOMAIN,
                        spool.toString(),
                        Integer.toString(sink.port(0)),
                        Integer.toString(sink.port(1)));
        return new RelayProcess(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Which life calls itself so. */
    static int lifeOf(String helo) {
        return Integer.parseInt(helo.substring(NAME.length(), helo.length() - DOMAIN.length()));
    }

    /** Waits until it listens. */
    int port() throws IOException {
        return Integer.parseInt(answer());
    }

    /** Waits for its queue to be empty, and gives how many messages are left. */
    int drain() throws IOException {
        process.outputWriter(StandardCharsets.US_ASCII).append("drain\n").flush();
        return Integer.parseInt(answer());
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new EOFException("The relay has ended; it says why above.");
        }
        return line;
    }

    /** Lets it live on for a time, in which it must not end by itself. */
    void live(long millis) throws InterruptedException {
        if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The relay ended before it was killed; it says why above.");
        }
    }

    /** Kills it as {@code kill -9} does, and waits until it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Has it close in good order. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("The relay did not stop.");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
