package io.embedmta.examples.benchmark;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server in a JVM of its own, as {@link ServerMain} runs it. For one thread. */
final class ServerProcess implements Server {
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
        return start(
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                ServerMain.class,
                contender.name(),
                Integer.toString(sessions));
    }

    /**
     * Our relay with a durable queue, which writes a line for each message that comes and goes, as
     * Postfix does.
     *
     * @param delivery {@code hold}, or the port to deliver to
     */
    static ServerProcess durable(Path spool, String delivery) throws IOException {
        return start(
                List.of("-Dorg.slf4j.simpleLogger.logFile=" + spool + ".log"),
                DurableServerMain.class,
                spool.toString(),
                delivery);
    }

    private static ServerProcess start(List<String> options, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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

    @Override
    public int port() {
        return port;
    }

    /** From before the server was made until it listened, within the JVM. */
    Duration startUp() {
        return startUp;
    }

    /** Waits until the server has got rid of what it has taken, and of its garbage. */
    @Override
    public void settle() throws IOException {
        ask("settle");
    }

    /** Has a durable one count its syncs from now on. */
    void countSyncs() throws IOException {
        ask("count");
    }

    /** How many syncs there were since. */
    long countedSyncs() throws IOException {
        return Long.parseLong(ask("counted"));
    }

    private String ask(String question) throws IOException {
        process.outputWriter(StandardCharsets.US_ASCII).append(question).append('\n').flush();
        return answer();
    }

    @Override
    public Duration processorTime() {
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
