package io.embedmta.examples.catcher;

import io.embedmta.testing.FakeMail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A mail server that delivers nothing and shows all, for applications in any language: {@code java
 * -jar mta-catcher.jar --help}.
 */
public final class CatcherCommand {

    private CatcherCommand() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            Optional<CatcherOptions> options = CatcherOptions.parse(List.of(arguments));
            if (options.isEmpty()) {
                System.out.println(CatcherOptions.USAGE);
            } else {
                serve(options.get());
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            System.err.println("mta-catcher: " + e.getMessage());
            System.exit(2);
        }
    }

    private static void serve(CatcherOptions options) throws InterruptedException {
        FakeMail mail = options.mail().start();
        Runtime.getRuntime().addShutdownHook(new Thread(mail::close));
        options.authority().ifPresent(file -> write(file, mail.caPem()));
        System.out.println(
                "ready smtp=" + mail.host() + ":" + mail.port() + " http=" + mail.viewUri());
        mail.mta().awaitShutdown();
    }

    private static void write(Path file, String pem) {
        try {
            Files.writeString(file, pem);
        } catch (IOException e) {
            throw new UncheckedIOException("--ca: cannot write " + file, e);
        }
    }
}
