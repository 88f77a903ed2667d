package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link MailWriter} promises, and {@link MailQueue#begin}. */
abstract class MailWriterContract extends QueueFixture {
    @Test
    void commit_makesWorkThatIsDueFromItsArrival() throws IOException {
        driver.commit("M1", T0, "ann@x.example");

        assertEquals(1, queue.size());
        assertEquals(Optional.of(T0), queue.nextDue());
        driver.assertNothingDue(T0.minusMillis(1));
        try (Lease lease = driver.lease(T0)) {
            assertEquals(new QueueId("M1"), lease.id());
            assertEquals(new Destination("x.example"), lease.destination());
            assertEquals(T0, lease.arrival());
            assertEquals(
                    List.of(new PendingRecipient(QueueDriver.recipient("ann@x.example"), 0, false)),
                    lease.work());
            assertEquals(TEXT, read(lease.content()));
        }
    }

    @Test
    void commit_keepsAllOfTheEnvelope() throws IOException {
        Recipient plain = QueueDriver.recipient("ann@x.example");
        Recipient withParameters =
                QueueDriver.recipient("bob@x.example")
                        .withNotify(Set.of(Notify.SUCCESS, Notify.FAILURE))
                        .withOriginal(OriginalRecipient.of(MailAddress.of("robert@y.example")));
        Recipient silent = QueueDriver.recipient("\"c d\"@x.example").withNotify(Set.of());
        Envelope envelope =
                Envelope.from("")
                        .to(plain)
                        .to(withParameters)
                        .to(silent)
                        .withEightBit(true)
                        .withSmtpUtf8(true)
                        .withReturn(DsnReturn.HDRS)
                        .withEnvelopeId("id 1")
                        .withTlsRequest(TlsRequest.REQUIRED);
        Destination line = new Destination("smarthost:x.example:587");
        driver.commit(
                "M1", TEXT, new NewMail(envelope, List.of(line, line, line), HeaderEdits.NONE, T0));

        try (Lease lease = driver.lease(T0)) {
            assertEquals(envelope, lease.envelope());
            assertEquals(line, lease.destination());
        }
    }

    @Test
    void commit_takesArrivalsToTheNanosecond() throws IOException {
        Instant arrival = T0.plusNanos(123_456_789);
        driver.commit("M1", arrival, "ann@x.example");

        driver.assertNothingDue(arrival.minusNanos(1));
        assertEquals(arrival, driver.lease(arrival).arrival());
    }

    @Test
    void body_takesOctetsInAnyPortionsAndMayBeClosed() throws IOException {
        byte[] octets = new byte[20_000];
        new Random(7).nextBytes(octets);
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            try (OutputStream body = writer.body()) {
                body.write(octets[0]);
                body.write(octets, 1, 4_999);
                body.write(octets, 5_000, 0);
                for (int i = 5_000; i < 6_000; i++) {
                    body.write(octets[i]);
                }
                body.write(octets, 6_000, 14_000);
            }
            writer.commit(mail(T0, "ann@x.example"));
        }

        try (Lease lease = driver.lease(T0);
                InputStream in = lease.content().open()) {
            assertArrayEquals(octets, in.readAllBytes());
        }
    }

    @Test
    void commit_ofNoOctets_isAMessage() throws IOException {
        driver.commit("M1", "", mail(T0, "ann@x.example"));

        try (Lease lease = driver.lease(T0)) {
            assertEquals("", read(lease.content()));
        }
    }

    @Test
    void writerContent_isReadAsOftenAsWantedBeforeTheCommit() throws IOException {
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            writer.body().write(TEXT.getBytes(StandardCharsets.UTF_8));
            assertEquals(TEXT, read(writer.content()));
            assertEquals(TEXT, read(writer.content()));
            Content content = writer.content();
            assertEquals(TEXT, read(content));
            assertEquals(TEXT, read(content));
            assertEquals(0, queue.size());
            writer.commit(mail(T0, "ann@x.example"));
        }

        assertEquals(TEXT, read(driver.lease(T0).content()));
    }

    @Test
    void body_afterContentOrCommit_takesNothingMore() throws IOException {
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            OutputStream body = writer.body();
            body.write('x');
            Content content = writer.content();
            assertThrows(IllegalStateException.class, () -> body.write('y'));
            assertEquals("x", read(content));
            writer.commit(mail(T0, "ann@x.example"));
            assertThrows(IllegalStateException.class, () -> body.write('z'));
        }

        assertEquals("x", read(driver.lease(T0).content()));
    }

    @Test
    void abort_leavesNothing() throws IOException {
        try (MailWriter untouched = queue.begin(new QueueId("M1"));
                MailWriter written = queue.begin(new QueueId("M2"));
                MailWriter read = queue.begin(new QueueId("M3"))) {
            assertEquals(0, untouched.content().size());
            written.body().write(1);
            read.body().write(new byte[100_000]);
            assertEquals(100_000, read.content().size());
        }

        assertEquals(0, queue.size());
        assertEquals(Optional.empty(), queue.nextDue());
        driver.assertNothingDue(T0);
        assertEquals(0, wakeUps.get());
    }

    @Test
    void writer_afterItsEnd_refusesAllButClose() throws IOException {
        MailWriter aborted = queue.begin(new QueueId("M1"));
        aborted.close();
        aborted.close();
        assertThrows(IllegalStateException.class, aborted::content);
        assertThrows(IllegalStateException.class, () -> aborted.commit(mail(T0, "ann@x.example")));

        MailWriter committed = queue.begin(new QueueId("M2"));
        committed.commit(mail(T0, "ann@x.example"));
        assertThrows(IllegalStateException.class, committed::content);
        assertThrows(
                IllegalStateException.class, () -> committed.commit(mail(T0, "ann@x.example")));
        committed.close();
        committed.close();
        assertEquals(1, queue.size());
        driver.finishNext(T0, "M2 ann@x.example");
    }

    @Test
    void leaseContent_carriesTheHeaderEdits() throws IOException {
        HeaderEdits edits = HeaderEdits.prepend("Received", "from a").andRemove("X-Old");
        driver.commit("M1", TEXT, mail(T0, edits, "ann@x.example", "bob@y.example"));

        for (int i = 0; i < 2; i++) {
            try (Lease lease = driver.lease(T0)) {
                assertEquals(
                        "Received: from a\r\nSubject: hello\r\n\r\nbody\r\n",
                        read(lease.content()));
                assertEquals(
                        "Received: from a\r\nSubject: hello\r\n\r\nbody\r\n",
                        read(lease.content()));
                finish(lease);
            }
        }
    }
}
