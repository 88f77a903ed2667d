package io.embedmta.examples.submit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.Mta;
import io.embedmta.Outcome;
import io.embedmta.SubmissionReport;
import io.embedmta.resolver.StaticResolver;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SubmitTest {

    @Test
    void message_ofTheApplication_hasAnOutcomeForEachRecipient() throws Exception {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
        message.setSubject("Hello");
        message.setText("Hello.");
        message.saveChanges();
        StaticResolver noMail =
                StaticResolver.builder().nullMx("y.example").nullMx("z.example").build();
        try (Mta mta =
                Mta.builder("app.example.org")
                        .store("x.example", mail -> {})
                        .resolver(noMail)
                        .start()) {
            SubmissionReport report = Submit.send(mta, message).get(10, TimeUnit.SECONDS);
            assertEquals(
                    List.of(Outcome.Status.BOUNCED, Outcome.Status.BOUNCED),
                    report.outcomes().stream().map(Outcome::status).toList());
            assertEquals("5.1.10", report.outcomes().get(0).reply().status().toString());
        }
    }
}
