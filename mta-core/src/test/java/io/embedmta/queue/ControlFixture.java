package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.message.QueueId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** A fresh queue that an operator can control, for each test of a contract. */
abstract class ControlFixture extends QueueFixture {
    QueueControl control;

    @BeforeEach
    void takeControl() {
        control = (QueueControl) queue;
    }

    final List<QueuedMail> list(Selection which) throws IOException {
        List<QueuedMail> mails = new ArrayList<>();
        control.list(which, mails::add);
        mails.sort(Comparator.comparing(QueuedMail::id));
        return mails;
    }

    /** Such as {@code "M1 a@x.example:WAITING b@y.example:HELD"}. */
    final List<String> states() throws IOException {
        List<String> lines = new ArrayList<>();
        for (QueuedMail mail : list(Selection.all())) {
            StringBuilder line = new StringBuilder(mail.id().text());
            mail.recipients().stream()
                    .map(one -> " " + one.recipient() + ":" + one.state())
                    .sorted()
                    .forEach(line::append);
            lines.add(line.toString());
        }
        return lines;
    }

    static Selection id(String id) {
        return Selection.id(new QueueId(id));
    }

    static void assertOrdered(Order order, String idAndRecipients, Lease lease) throws IOException {
        try (lease) {
            assertEquals(Optional.of(order), lease.order());
            assertEquals(idAndRecipients, describe(lease));
            finish(lease);
        }
    }
}
