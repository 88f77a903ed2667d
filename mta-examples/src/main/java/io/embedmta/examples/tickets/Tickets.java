package io.embedmta.examples.tickets;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/** Mail into the application: each message opens a ticket. */
public final class Tickets {
    private final List<String> titles = new CopyOnWriteArrayList<>();

    Tickets() {}

    /** An exception here defers the message: it is tried again, and the sender loses nothing. */
    void open(Envelope envelope, Content content) throws IOException, MessagingException {
        try (InputStream in = content.open()) {
            MimeMessage message = new MimeMessage(Session.getInstance(new Properties()), in);
            titles.add(message.getSubject());
            System.out.println("ticket from <" + envelope.from() + ">: " + message.getSubject());
        }
    }

    List<String> titles() {
        return titles;
    }

    static MtaBuilder builder(Tickets tickets, int port) {
        return Mta.builder("tickets.example.org")
                .listener(SmtpListener.on(port))
                .store(
                        "tickets.example.org",
                        mail -> tickets.open(mail.envelope(), mail.content()));
    }

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Mta mta = builder(new Tickets(), 2525).start()) {
            mta.awaitShutdown();
        }
    }
}
