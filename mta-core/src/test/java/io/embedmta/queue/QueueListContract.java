package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.recipient;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link QueueControl#list} promises. */
abstract class QueueListContract extends ControlFixture {
    @Test
    void list_showsEachMessageWithItsRecipients() throws IOException {
        HeaderEdits edits = HeaderEdits.prepend("Received", "from a").andRemove("X-Old");
        driver.commit("M1", TEXT, mail(T0, edits, "a@x.example", "b@y.example"));
        driver.commit("M2", seconds(5), "c@x.example");

        List<QueuedMail> mails = list(Selection.all());
        assertEquals(2, mails.size());
        QueuedMail first = mails.get(0);
        assertEquals(new QueueId("M1"), first.id());
        assertEquals(T0, first.arrival());
        assertEquals("sender@from.example", first.from().toString());
        assertEquals("Received: from a\r\nSubject: hello\r\n\r\nbody\r\n".length(), first.size());
        assertEquals(
                List.of(waiting("a@x.example", T0), waiting("b@y.example", T0)),
                first.recipients().stream()
                        .sorted(Comparator.comparing(one -> one.recipient().toString()))
                        .toList());
        assertEquals(List.of(waiting("c@x.example", seconds(5))), mails.get(1).recipients());
    }

    private QueuedRecipient waiting(String address, Instant due) {
        return QueuedRecipient.waiting(
                PendingRecipient.untried(recipient(address)),
                new Destination(MailAddress.of(address).domain()),
                due);
    }

    @Test
    void list_tellsWhatWasTriedAndWhatComesNext() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
        Reply reply = Reply.of(451, "4.2.0", "not now");
        Lease lease = driver.lease(T0);
        lease.settle(List.of(retry("a@x.example", seconds(30)), done("b@x.example")));

        List<QueuedRecipient> shown = list(id("M1")).get(0).recipients();
        assertEquals(2, shown.size());
        for (QueuedRecipient one : shown) {
            boolean tried = one.recipient().equals(recipient("a@x.example"));
            assertEquals(tried ? State.WAITING : State.ACTIVE, one.state());
            assertEquals(tried ? 1 : 0, one.attempts());
            assertEquals(tried ? Optional.of(reply) : Optional.empty(), one.lastReply());
            assertEquals(tried ? Optional.of(seconds(30)) : Optional.empty(), one.nextAttempt());
            assertEquals(new Destination("x.example"), one.destination());
        }
        try (Lease again = driver.lease(seconds(30))) {
            assertEquals(Optional.of(reply), again.work().get(0).lastReply());
        }
        finishRest(lease, "c@x.example");
    }

    @Test
    void i5_list_showsTheStartOfALongReply() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Reply longOne = Reply.of(421, "4.3.2", "x".repeat(150), "y".repeat(100_000));
        try (Lease lease = driver.lease(T0)) {
            lease.settle(
                    List.of(
                            new Settlement.Retry(
                                    MailAddress.of("a@x.example"), T0, longOne, false)));
        }

        Reply kept = list(id("M1")).get(0).recipients().get(0).lastReply().orElseThrow();
        String start = "x".repeat(150) + " " + "y".repeat(49);
        assertEquals(Reply.of(421, "4.3.2", start), kept);
    }

    @Test
    void list_showsWhatIsSelectedOnly() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@y.example");
        driver.commit("M2", T0, "c@y.example");
        Envelope bounce = Envelope.from("").to("d@y.example");
        List<Destination> line = List.of(new Destination("smarthost:h.example:25"));
        driver.commit("M3", TEXT, new NewMail(bounce, line, HeaderEdits.NONE, T0));

        assertEquals(List.of("M1 a@x.example b@y.example"), shown(id("M1")));
        assertEquals(List.of(), shown(id("M4")));
        assertEquals(
                List.of("M1 b@y.example", "M2 c@y.example"),
                shown(Selection.destination("y.example")));
        assertEquals(
                List.of("M3 d@y.example"), shown(Selection.destination("smarthost:h.example:25")));
        assertEquals(List.of("M3 d@y.example"), shown(Selection.sender(ReversePath.NULL)));
        assertEquals(
                List.of("M1 a@x.example b@y.example", "M2 c@y.example"),
                shown(Selection.sender(ReversePath.of("sender@FROM.example"))));
    }

    private List<String> shown(Selection which) throws IOException {
        List<String> lines = new ArrayList<>();
        for (QueuedMail mail : list(which)) {
            StringBuilder line = new StringBuilder(mail.id().text());
            mail.recipients().stream()
                    .map(one -> " " + one.recipient())
                    .sorted()
                    .forEach(line::append);
            lines.add(line.toString());
        }
        return lines;
    }

    @Test
    void list_letsTheQueueBeUsedMeanwhile() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        driver.commit("M2", T0, "b@x.example");
        List<String> shown = new ArrayList<>();
        control.list(
                Selection.all(),
                mail -> {
                    shown.add(mail.id().text());
                    try {
                        finish(driver.lease(T0));
                        finish(driver.lease(T0));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });

        assertEquals(1, shown.size(), "the other one is gone");
        assertEquals(0, queue.size());
    }

    private static void finishRest(Lease lease, String recipient) throws IOException {
        lease.settle(List.of(done(recipient)));
    }
}
