package io.embedmta.examples.relay;

import io.embedmta.auth.ScramVerifier;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Makes a line of the users' file, so that no password has to lie in it. */
final class HashCommand {
    private static final String USAGE =
            """
            Usage: java -jar mta-relay.jar hash [NAME]

            Reads a password, from the terminal or else the first line of standard input, and prints
            its hash; with NAME, the line of the --users file for that user.""";

    private HashCommand() {}

    static void run(List<String> arguments, InputStream in, PrintStream out) throws CommandFailure {
        if (arguments.contains("--help")) {
            out.println(USAGE);
            return;
        }
        if (arguments.size() > 1 || (arguments.size() == 1 && arguments.get(0).startsWith("-"))) {
            throw CommandFailure.wrong(
                    new IllegalArgumentException("hash takes a name alone; see hash --help"));
        }
        if (!arguments.isEmpty()
                && !arguments.get(0).matches("[^:#\\s\\p{Cntrl}][^:\\s\\p{Cntrl}]*")) {
            throw CommandFailure.wrong(
                    new IllegalArgumentException(
                            "a name in the file of users has no colon and no blank"));
        }
        try {
            String hash = ScramVerifier.of(password(in)).text();
            out.println(arguments.isEmpty() ? hash : arguments.get(0) + ":" + hash);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrong(e);
        } catch (IOException e) {
            throw CommandFailure.cannot("cannot read the password: " + e.getMessage());
        }
    }

    /** Not from the arguments, which other users of the machine can see. */
    private static String password(InputStream in) throws IOException {
        Console console = System.console();
        if (isTerminal(console)) {
            char[] typed = console.readPassword("Password: ");
            return typed == null ? "" : new String(typed);
        }
        String line =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }

    /** JDK 22 to 24 have a console without a terminal too, and a method that tells. */
    private static boolean isTerminal(Console console) {
        boolean there = Objects.nonNull(console);
        if (!there || Runtime.version().feature() < 22) {
            return there;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
