package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * What a server's resident memory grows by for each session that has been greeted, has said EHLO,
 * and says no more.
 */
final class IdleSessions {
    private static final int SESSIONS = 10_000;

    /** So that no client address runs out of ports. */
    private static final int SESSIONS_OF_ADDRESS = 2_000;

    private static final int ROUNDS = 3;

    private IdleSessions() {}

    static void measure(PrintStream out) throws IOException {
        out.printf(
                "%nResident KiB for each of %,d idle sessions, median (least-most) of %d%n%n",
                SESSIONS, ROUNDS);
        out.println("| server | KiB |");
        out.println("|---|---|");
        // GreenMail is left out: it did not get through with so many within minutes.
        for (Contender contender :
                EnumSet.of(Contender.MTA_HANDLER, Contender.SUBETHA, Contender.BARE)) {
            Figures kibibytes = new Figures();
            for (int round = 0; round < ROUNDS; round++) {
                kibibytes.add(measure(contender));
            }
            out.printf("| %s | %s |%n", contender.label(), kibibytes.text(1));
        }
    }

    private static double measure(Contender contender) throws IOException {
        List<Client> clients = new ArrayList<>(SESSIONS);
        try (ServerProcess server = ServerProcess.start(contender, 2 * SESSIONS)) {
            try (Client first = new Client(1, server.port())) {
                // Classes are loaded by now, and count for no session.
                first.sendOneByOne();
            }
            server.settle();
            long before = server.residentKibibytes();
            for (int i = 0; i < SESSIONS; i++) {
                clients.add(new Client(1 + i / SESSIONS_OF_ADDRESS, server.port()));
            }
            server.settle();
            return (server.residentKibibytes() - before) / (double) SESSIONS;
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }
}
