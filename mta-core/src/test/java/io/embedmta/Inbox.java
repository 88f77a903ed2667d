package io.embedmta;

import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A mailbox for any address, for a test to wait at. */
final class Inbox implements MailHandler {
    private final BlockingQueue<Mail> mails = new LinkedBlockingQueue<>();

    /**
     * @param text each octet as one character
     */
    record Mail(QueueId id, Envelope envelope, String text) {
        byte[] octets() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void handle(LocalMail mail) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        mail.content().writeTo(octets);
        mails.add(
                new Mail(mail.id(), mail.envelope(), octets.toString(StandardCharsets.ISO_8859_1)));
    }

    Mail next() throws InterruptedException {
        Mail mail = mails.poll(30, TimeUnit.SECONDS);
        if (mail == null) {
            throw new AssertionError("No mail came.");
        }
        return mail;
    }

    /** Whether mail comes within that time; it stays in the box. */
    boolean awaitMail(Duration limit) throws InterruptedException {
        Mail mail = mails.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        return mail != null && mails.add(mail);
    }

    int size() {
        return mails.size();
    }
}
