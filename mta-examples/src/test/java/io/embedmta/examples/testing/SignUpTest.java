package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.subject;
import static io.embedmta.testing.MailMatcher.to;
import static io.embedmta.testing.Stage.rcpt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.testing.FakeMail;
import io.embedmta.testing.MailTest;
import io.embedmta.testing.Received;
import jakarta.mail.SendFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests as users write them. */
@MailTest
class SignUpTest {

    @Test
    void welcomesNewUsers(FakeMail mail) throws Exception {
        new SignUp(mail.smtpProperties()).signUp("ann@example.org");

        Received welcome = mail.await(to("ann@example.org").and(subject("Welcome")));
        assertEquals(List.of("271828"), welcome.codes());
        assertEquals(List.of("https://app.example.org/confirm?code=271828"), welcome.links());
    }

    @Test
    void tellsOfARefusedAddress(FakeMail mail) {
        SignUp app = new SignUp(mail.smtpProperties());
        mail.on(rcpt("bob@*")).reply(550, "5.1.1", "no such user");

        assertThrows(SendFailedException.class, () -> app.signUp("bob@example.org"));
        mail.assertNone(to("bob@example.org"));
    }

    @Test
    @MailTest(tls = true)
    void speaksTls(FakeMail mail) throws Exception {
        new SignUp(mail.smtpProperties()).signUp("ann@example.org");

        assertEquals("TLSv1.3", mail.await(subject("Welcome")).tls().orElseThrow().protocol());
    }

    @Test
    void worksWithoutJUnit() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            new SignUp(mail.smtpProperties()).signUp("ann@example.org");
            mail.await(to("ann@example.org"));
        }
    }
}
