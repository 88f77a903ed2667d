package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.assertRefused;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.store.LocalMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A Maildir store in a directory of its own, and a look at its files. */
abstract class MaildirFixture {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.000123Z");

    @TempDir private Path above;

    final Path root() {
        return above.resolve("mail");
    }

    final Maildir maildir() {
        return Maildir.at(root());
    }

    /** The octets of all messages, read or not. */
    final List<byte[]> read(MailAddress mailbox) throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (String part : List.of("new", "cur")) {
            for (Path file : files(mailbox.localPart() + "/" + part)) {
                all.add(Files.readAllBytes(file));
            }
        }
        return all;
    }

    final List<Path> files(String directory) throws IOException {
        Path path = root().resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        }
    }

    final List<String> names(String directory) throws IOException {
        return files(directory).stream().map(file -> file.getFileName().toString()).toList();
    }

    static LocalMail to(String address) {
        return mail("1", letter("hello"), MailAddress.of(address));
    }

    static void assertDeferred(String status, Maildir store, MailAddress mailbox) {
        assertRefused(
                DeliveryResult.Deferred.class,
                status,
                store.deliver(mail("1", letter("hello"), mailbox)),
                mailbox);
    }
}
