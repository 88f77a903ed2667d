package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Postfix's own load generator, with 4 KiB messages on kept connections. It sends a number of
 * messages, not for a time; so it sends about what the server took last time.
 */
final class SmtpSource implements Load {
    private static final int FIRST = 1000;

    private final Map<Server, Double> rates = new HashMap<>();

    @Override
    public long run(Server server, int sessions, Duration length)
            throws IOException, InterruptedException {
        double seconds = length.toNanos() / 1e9;
        long messages =
                Math.max(sessions, (long) (rates.getOrDefault(server, FIRST / seconds) * seconds));
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(
                                PostfixProcess.program("smtp-source").orElseThrow(),
                                "-d",
                                "-s",
                                Integer.toString(sessions),
                                "-m",
                                Long.toString(messages),
                                "-l",
                                "4096",
                                "-f",
                                "sender@example.com",
                                "-t",
                                "recipient@example.org",
                                "127.0.0.1:" + server.port())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("smtp-source failed: " + said);
        }
        rates.put(server, messages / ((System.nanoTime() - begin) / 1e9));
        return messages;
    }
}
