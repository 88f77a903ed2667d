package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.ANN;
import static io.embedmta.store.MailStoreContract.deliverToAll;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.message.Content;
import io.embedmta.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left in {@code tmp} goes, and what is being written there stays. */
class MaildirSweepTest extends MaildirFixture {
    @Test
    void tmp_leftOvers_goAfter36Hours() throws Exception {
        Path tmp = Files.createDirectories(root().resolve("ann/tmp"));
        touch(tmp.resolve("old"), Duration.ofHours(37));
        touch(tmp.resolve("young"), Duration.ofHours(35));
        Files.createDirectory(tmp.resolve("directory"));
        Files.setLastModifiedTime(
                tmp.resolve("directory"), FileTime.from(NOW.minus(Duration.ofDays(9))));
        deliverToAll(maildir().clock(Clock.fixed(NOW, ZoneOffset.UTC)), to("ann@example.org"));
        assertEquals(List.of("directory", "young"), names("ann/tmp"));
    }

    private static void touch(Path file, Duration age) throws IOException {
        Files.createFile(file);
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
    }

    @Test
    void tmp_ofAMailboxInUse_isSweptAgainAfter36Hours() throws Exception {
        ManualClock clock = ManualClock.at(NOW);
        Maildir store = maildir().clock(clock);
        deliverToAll(store, mail("1", letter("x"), ANN));
        touch(root().resolve("ann/tmp/left"), Duration.ZERO);
        clock.advance(Duration.ofHours(35));
        deliverToAll(store, mail("2", letter("x"), ANN));
        assertEquals(List.of("left"), names("ann/tmp"));
        clock.advance(Duration.ofHours(2));
        deliverToAll(store, mail("3", letter("x"), ANN));
        assertEquals(List.of(), names("ann/tmp"));
    }

    @Test
    void tmp_fileBeingWritten_isNotSweptByAClockFarAhead() throws Exception {
        ManualClock clock = ManualClock.at(NOW);
        clock.advance(Duration.ofDays(20_000));
        Maildir store = maildir().clock(clock);
        Content slow =
                new Content() {
                    @Override
                    public long size() {
                        return 1;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        clock.advance(Duration.ofHours(37));
                        store.deliver(mail("2", letter("sweeps"), ANN));
                        return new ByteArrayInputStream(new byte[1]);
                    }
                };
        deliverToAll(store, mail("1", slow, ANN));
        assertEquals(2, names("ann/new").size());
    }
}
