package io.embedmta.examples.jakarta;

import io.embedmta.Mta;
import io.embedmta.SubmissionReport;
import io.embedmta.dns.DnsResolver;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Sends by Jakarta Mail, with an agent of this process as the server. */
public final class ExistingCode {

    private ExistingCode() {}

    /** What the application did with a session for SMTP, it does with ours. */
    static MimeMessage send(Mta mta, InputStream in) throws MessagingException {
        Session session = mta.session();
        MimeMessage message = new MimeMessage(session, in);
        Transport.send(message);
        return message;
    }

    /** What becomes of each recipient, the message itself tells. */
    static CompletableFuture<SubmissionReport> outcomes(Mta mta, MimeMessage message) {
        return mta.sentMessages().submission(message).orElseThrow().completion();
    }

    /** Sends a file that holds a message, and waits until each recipient has an outcome. */
    public static void main(String[] arguments) throws IOException, MessagingException {
        try (Mta mta = Mta.builder("app.example.org").resolver(DnsResolver.system()).start();
                InputStream in = new FileInputStream(arguments[0])) {
            System.out.println(outcomes(mta, send(mta, in)).join().outcomes());
        } catch (SendFailedException e) {
            System.out.println("refused: " + Arrays.toString(e.getInvalidAddresses()));
        }
    }
}
