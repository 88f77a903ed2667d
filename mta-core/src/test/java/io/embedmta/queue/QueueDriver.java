package io.embedmta.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Speaks to a queue in the few words that tests need; each address goes to its domain's line. */
final class QueueDriver {
    static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration TERM = Duration.ofMinutes(10);
    static final String TEXT = "Subject: hello\r\nX-Old: 1\r\n\r\nbody\r\n";

    private final MailQueue queue;

    QueueDriver(MailQueue queue) {
        this.queue = queue;
    }

    static Instant seconds(long after) {
        return T0.plusSeconds(after);
    }

    static NewMail mail(Instant arrival, String... recipients) {
        return mail(arrival, HeaderEdits.NONE, recipients);
    }

    static NewMail mail(Instant arrival, HeaderEdits edits, String... recipients) {
        Envelope envelope = Envelope.from("sender@from.example").to(recipients);
        List<Destination> lines =
                envelope.recipients().stream()
                        .map(to -> new Destination(to.address().domain()))
                        .toList();
        return new NewMail(envelope, lines, edits, arrival);
    }

    void commit(String id, Instant arrival, String... recipients) throws IOException {
        commit(id, TEXT, mail(arrival, recipients));
    }

    void commit(String id, String text, NewMail mail) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(text.getBytes(StandardCharsets.UTF_8));
            writer.commit(mail);
        }
    }

    Optional<Lease> ask(Instant now) throws IOException {
        return ask(now, destination -> true);
    }

    Optional<Lease> ask(Instant now, Predicate<Destination> wanted) throws IOException {
        return queue.lease(new LeaseRequest("test", now, now.plus(TERM), wanted));
    }

    Lease lease(Instant now) throws IOException {
        Optional<Lease> lease = ask(now);
        assertTrue(lease.isPresent(), "nothing is due");
        return lease.get();
    }

    void assertNothingDue(Instant now) throws IOException {
        assertEquals(Optional.empty(), ask(now).map(QueueDriver::describe));
    }

    /** Leases the next work, checks which it is, and settles all of it as done. */
    void finishNext(Instant now, String idAndRecipients) throws IOException {
        try (Lease lease = lease(now)) {
            assertEquals(idAndRecipients, describe(lease));
            finish(lease);
        }
    }

    static void finish(Lease lease) throws IOException {
        lease.settle(lease.work().stream().map(work -> done(work.recipient().address())).toList());
    }

    /** Such as {@code "M1 a@x.example b@x.example"}. */
    static String describe(Lease lease) {
        StringBuilder text = new StringBuilder(lease.id().text());
        for (PendingRecipient work : lease.work()) {
            text.append(' ').append(work.recipient());
        }
        return text.toString();
    }

    static Settlement done(String address) {
        return done(MailAddress.of(address));
    }

    static Settlement done(MailAddress address) {
        return new Settlement.Done(address, DeliveryResult.delivered());
    }

    static Settlement retry(String address, Instant at) {
        return new Settlement.Retry(
                MailAddress.of(address), at, Reply.of(451, "4.2.0", "not now"), false);
    }

    static String read(Content content) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        content.writeTo(octets);
        assertEquals(octets.size(), content.size());
        return octets.toString(StandardCharsets.UTF_8);
    }

    static Recipient recipient(String address) {
        return Recipient.of(MailAddress.of(address));
    }
}
