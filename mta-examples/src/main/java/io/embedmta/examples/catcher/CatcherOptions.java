package io.embedmta.examples.catcher;

import io.embedmta.testing.FakeMail;
import io.embedmta.testing.FakeMailBuilder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The options of the command, checked.
 *
 * @param mail the server as they want it
 * @param authority where the certificate goes by which a client verifies it
 */
record CatcherOptions(FakeMailBuilder mail, Optional<Path> authority) {

    static final String USAGE =
            """
            Usage: java -jar mta-catcher.jar [OPTIONS]

            Takes any mail on this machine, delivers none, and shows it in a browser and as JSON.

            --smtp PORT              where it takes mail; 1025 unless given, 0 for a free port
            --http PORT              where it shows mail; 8025 unless given, 0 for a free port
            --keep NUMBER            messages to keep, the newest; 1000 unless given
            --tls                    offer STARTTLS, by a certificate made for the occasion
            --implicit-tls           speak TLS from the first octet
            --ca FILE                write there by what a client verifies that certificate
            --user NAME:PASSWORD     offer AUTH to this user; may be given again
            --any-user               offer AUTH to anybody, whatever the password
            --help                   print this

            /messages lists what was taken, as JSON; /messages?to=*@example.org&wait=10 waits for up
            to 10 seconds until something fits. subject, from and body are looked for likewise.

            Exit code: 2 if an option is wrong.""";

    private static final int DEFAULT_SMTP = 1025;
    private static final int DEFAULT_HTTP = 8025;
    private static final int DEFAULT_KEPT = 1000;
    private static final int MOST_KEPT = 1_000_000;
    private static final int LAST_PORT = 65535;

    /** Reads the options; empty if help is wanted. */
    static Optional<CatcherOptions> parse(List<String> arguments) {
        FakeMailBuilder mail =
                FakeMail.builder().port(DEFAULT_SMTP).view(DEFAULT_HTTP).keep(DEFAULT_KEPT);
        Optional<Path> authority = Optional.empty();
        boolean tls = false;
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            switch (option) {
                case "--help" -> {
                    return Optional.empty();
                }
                case "--tls" -> {
                    mail.tls();
                    tls = true;
                }
                case "--implicit-tls" -> {
                    mail.implicitTls();
                    tls = true;
                }
                case "--any-user" -> mail.anyUser();
                case "--smtp" -> mail.port(number(option, value(arguments, ++i), 0, LAST_PORT));
                case "--http" -> mail.view(number(option, value(arguments, ++i), 0, LAST_PORT));
                case "--keep" -> mail.keep(number(option, value(arguments, ++i), 1, MOST_KEPT));
                case "--ca" -> authority = Optional.of(file(option, value(arguments, ++i)));
                case "--user" -> user(mail, value(arguments, ++i));
                default ->
                        throw new IllegalArgumentException(
                                "unknown option " + option + "; see --help");
            }
        }
        if (authority.isPresent() && !tls) {
            throw new IllegalArgumentException("--ca wants --tls or --implicit-tls beside it");
        }
        return Optional.of(new CatcherOptions(mail, authority));
    }

    private static String value(List<String> arguments, int at) {
        if (at == arguments.size()) {
            throw new IllegalArgumentException(
                    arguments.get(at - 1) + " takes a value; see --help");
        }
        return arguments.get(at);
    }

    private static int number(String option, String value, int low, int high) {
        try {
            int number = Integer.parseInt(value);
            if (number >= low && number <= high) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                option + " takes a number of " + low + " to " + high + ", not \"" + value + "\"");
    }

    private static Path file(String option, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    /** Not with the value in the message: it holds a password. */
    private static void user(FakeMailBuilder mail, String value) {
        int colon = value.indexOf(':');
        if (colon < 1 || colon == value.length() - 1) {
            throw new IllegalArgumentException("--user takes NAME:PASSWORD");
        }
        mail.user(value.substring(0, colon), value.substring(colon + 1));
    }
}
