package io.embedmta.examples.benchmark;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A server in a JVM of its own, as {@link ServerMain} runs it. For one thread. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final int port;
    private final Duration startUp;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
        String[] facts = answer().split(" ", 2);
        this.port = Integer.parseInt(facts[0]);
        this.startUp = Duration.ofNanos(Long.parseLong(facts[1]));
    }

    /** Starts a JVM like ours, with the same class path. */
    static ServerProcess start(Contender contender, int sessions) throws IOException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        ServerMain.class.getName(),
                                        contender.name(),
                                        Integer.toString(sessions)))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            return new ServerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new EOFException("The server has ended; it says why above.");
        }
        return line;
    }

    int port() {
        return port;
    }

    /** From before the server was made until it listened, within the JVM. */
    Duration startUp() {
        return startUp;
    }

    /** Waits until the server has got rid of what it has taken, and of its garbage. */
    void settle() throws IOException {
        process.outputWriter(StandardCharsets.US_ASCII).append("settle\n").flush();
        answer();
    }

    /** The time that all its threads have run so far. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Its resident memory. */
    long residentKibibytes() throws IOException {
        for (String line :
                Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("Linux tells no resident memory of the server.");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
