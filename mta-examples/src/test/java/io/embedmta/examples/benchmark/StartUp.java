package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;

/**
 * From the first line that makes a server until it listens, in a JVM that is fresh each time, but
 * for its logging.
 */
final class StartUp {
    private static final int ROUNDS = 15;

    private StartUp() {}

    static void measure(PrintStream out) throws IOException {
        Map<Contender, Figures> millis = new EnumMap<>(Contender.class);
        for (int round = 0; round < ROUNDS; round++) {
            for (Contender contender : Contender.inPlainText()) {
                try (ServerProcess server = ServerProcess.start(contender, 1000)) {
                    millis.computeIfAbsent(contender, key -> new Figures())
                            .add(server.startUp().toNanos() / 1e6);
                }
            }
        }
        out.printf("%nStart-up in ms, median (least-most) of %d JVMs%n%n", ROUNDS);
        out.println("| server | ms |");
        out.println("|---|---|");
        millis.forEach(
                (contender, figures) ->
                        out.printf("| %s | %s |%n", contender.label(), figures.text(1)));
    }
}
