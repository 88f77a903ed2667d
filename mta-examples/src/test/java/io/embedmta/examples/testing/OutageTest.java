package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.MailMatcher.body;
import static io.embedmta.testing.MailMatcher.from;
import static io.embedmta.testing.MailMatcher.to;
import static io.embedmta.testing.Stage.rcpt;

import io.embedmta.testing.FakeMail;
import io.embedmta.testing.FakeRelay;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of the application's mail when the world is not as it should be. */
@SuppressWarnings("BadImport")
class OutageTest {

    @Test
    void primaryIsDown_backupGreylists_oneRecipientBounces() throws Exception {
        try (FakeRelay relay =
                FakeMail.builder()
                        .withRelay("relay.example.org")
                        .exchanger("mx1.example.net", 10, "example.net")
                        .exchanger("mx2.example.net", 20, "example.net")
                        .exchanger("mx.example.org", 10, "example.org")
                        .start()) {
            relay.down("mx1.example.net");
            FakeMail backup = relay.exchanger("mx2.example.net");
            backup.on(rcpt("ann@*")).times(1).reply(451, "4.7.1", "greylisted");
            backup.on(rcpt("gone@*")).reply(550, "5.1.1", "no such user");

            SignUp app = new SignUp(relay.smtpProperties());
            app.signUp("ann@example.net");
            app.signUp("gone@example.net");
            relay.settle();
            backup.assertNone(any());

            relay.advance(Duration.ofDays(1));
            backup.await(to("ann@example.net"));
            FakeMail home = relay.exchanger("mx.example.org");
            home.await(from("").and(to("app@example.org")).and(body("gone@example.net")));
        }
    }
}
