package io.embedmta.examples.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What a test waits for before its first line: the start of a fake server. */
final class FakeStartUp {
    private static final int JVMS = 11;

    /** After the cold one, and one to warm up. */
    private static final int WARM = 20;

    private FakeStartUp() {}

    static void measure(PrintStream out) throws IOException, InterruptedException {
        out.printf(
                "%nStart-up of a fake server in ms, median (least-most): cold, in %d fresh JVMs;"
                        + " warm, the medians of %d starts in each of them%n%n",
                JVMS, WARM);
        out.println("| server | cold | warm |");
        out.println("|---|---|---|");
        Results ours = new Results("FakeMail");
        Results theirs = new Results("GreenMail");
        for (int i = 0; i < JVMS; i++) {
            ours.add();
            theirs.add();
        }
        ours.print(out);
        theirs.print(out);
    }

    private static final class Results {
        private final String server;
        private final Figures cold = new Figures();
        private final Figures warm = new Figures();

        Results(String server) {
            this.server = server;
        }

        void add() throws IOException, InterruptedException {
            List<Double> millis = start(server);
            cold.add(millis.get(0));
            Figures after = new Figures();
            millis.subList(2, millis.size()).forEach(after::add);
            warm.add(after.median());
        }

        void print(PrintStream out) {
            out.printf("| %s | %s | %s |%n", server, cold.text(1), warm.text(2));
        }
    }

    private static List<Double> start(String server) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FakeStartUpMain.class.getName(),
                                server,
                                Integer.toString(WARM + 2))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            List<Double> millis = lines.lines().map(line -> Long.parseLong(line) / 1e6).toList();
            if (process.waitFor() != 0 || millis.size() != WARM + 2) {
                throw new IOException("The server has failed; it says why above.");
            }
            return millis;
        }
    }
}
