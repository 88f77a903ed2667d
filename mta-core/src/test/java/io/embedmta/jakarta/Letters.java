package io.embedmta.jakarta;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.SubmissionReport;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Content;
import io.embedmta.message.Recipient;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import io.embedmta.store.MemoryStore;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the tests of the transport send, and the agent they send it to. */
final class Letters {

    private Letters() {}

    /** An agent with mailboxes at x.example, and domains that refuse: no.example, later.example. */
    static MtaBuilder agent(MemoryStore store) {
        return Mta.builder("own.example")
                .store("x.example", store)
                .route("no.example", new Route.Refused(Reply.of(550, "5.1.1", "nobody")))
                .filter(new Later())
                .shutdownGrace(Duration.ofSeconds(1));
    }

    /** Puts off one domain. */
    private static final class Later implements Filter {
        @Override
        public Verdict recipient(TransactionView tx, Recipient to) {
            return to.address().domain().equals("later.example")
                    ? Verdict.defer(450, "4.2.1", "later")
                    : Verdict.next();
        }
    }

    /** A small message from ann@x.example. */
    static MimeMessage letter(Session session, String... recipients) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("ann@x.example"));
        for (String recipient : recipients) {
            message.addRecipients(Message.RecipientType.TO, recipient);
        }
        message.setSubject("Hello");
        message.setText("Hello.");
        return message;
    }

    /** What became of a message, once all of it is final. */
    static SubmissionReport report(Mta mta, Message message) throws Exception {
        return mta.sentMessages()
                .submission(message)
                .orElseThrow()
                .completion()
                .get(30, TimeUnit.SECONDS);
    }

    /** Each octet as one character. */
    static String text(Content content) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        content.writeTo(octets);
        return octets.toString(StandardCharsets.ISO_8859_1);
    }
}
