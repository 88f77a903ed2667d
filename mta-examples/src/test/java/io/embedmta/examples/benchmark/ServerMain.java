package io.embedmta.examples.benchmark;

import io.embedmta.examples.benchmark.Contender.Running;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * One server in a JVM of its own. Says its port and how long its start took; then, for each line it
 * is given, gets rid of what it has taken and of its garbage. Ends with its input.
 */
final class ServerMain {
    private ServerMain() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        Contender contender = Contender.valueOf(args[0]);
        // An application has its log before it has a server, and every server here logs by slf4j.
        LoggerFactory.getLogger(ServerMain.class);
        long before = System.nanoTime();
        Running server = contender.start(Integer.parseInt(args[1]));
        int port = server.port();
        long nanos = System.nanoTime() - before;
        out.println(port + " " + nanos);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            server.settle();
            System.gc();
            out.println("settled");
        }
        // Neither we nor our threads wait for sessions to end: nothing is measured any more.
        Runtime.getRuntime().halt(0);
    }
}
