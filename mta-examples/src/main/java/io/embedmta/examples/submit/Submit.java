package io.embedmta.examples.submit;

import io.embedmta.Mta;
import io.embedmta.Submission;
import io.embedmta.SubmissionReport;
import io.embedmta.dns.DnsResolver;
import io.embedmta.event.Deferred;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/** Sends from the application: back as soon as the message is durable, told of each outcome. */
public final class Submit {

    private Submit() {}

    @SuppressWarnings("FutureReturnValueIgnored") // What the observer does is its own affair.
    static CompletableFuture<SubmissionReport> send(Mta mta, MimeMessage mimeMessage) {
        mta.on(Deferred.class, e -> System.out.println("again at " + e.nextAttempt()));
        Submission s =
                mta.submit(
                        Envelope.from("a@x.example").to("b@y.example", "c@z.example"),
                        Content.of(mimeMessage));
        System.out.println("queued as " + s.queueId());
        s.outcome("b@y.example").thenAccept(o -> System.out.println(o.status() + " " + o.reply()));
        return s.completion();
    }

    /** Sends one message and waits until each recipient has an outcome. */
    public static void main(String[] arguments) throws MessagingException {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
        message.setSubject("Hello");
        message.setText("Sent without waiting for anybody.");
        message.saveChanges();
        try (Mta mta = Mta.builder("app.example.org").resolver(DnsResolver.system()).start()) {
            System.out.println(send(mta, message).join().outcomes());
        }
    }
}
