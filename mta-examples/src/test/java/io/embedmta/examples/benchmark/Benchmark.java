package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * Prints how the agent compares: the rate at which it accepts messages, its start-up, what an idle
 * session costs, and how fast it is with its queue on disk. Each server runs in a process of its
 * own. Linux only, as memory and times are read from {@code /proc}.
 *
 * <p>Arguments: any of {@code rate}, {@code start-up} and {@code idle}, which are the default, and
 * {@code fake}, {@code durable}, {@code million} and {@code tls}.
 */
public final class Benchmark {
    private Benchmark() {}

    /** Runs the parts that the arguments name. */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> parts = args.length == 0 ? List.of("start-up", "idle", "rate") : List.of(args);
        PrintStream out = System.out;
        out.printf(
                "JDK %s, %d processors%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors());
        for (String part : parts) {
            switch (part) {
                case "rate" -> AcceptRate.measure(out);
                case "start-up" -> StartUp.measure(out);
                case "fake" -> FakeStartUp.measure(out);
                case "idle" -> IdleSessions.measure(out);
                case "durable" -> DurableRate.measure(out);
                case "tls" -> TlsRate.measure(out);
                case "million" -> MillionDeferred.measure(out);
                default ->
                        throw new IllegalArgumentException(
                                "Say rate, start-up, idle, fake, durable, million or tls, not "
                                        + part
                                        + ".");
            }
        }
    }
}
