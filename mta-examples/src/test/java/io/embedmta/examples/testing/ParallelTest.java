package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.MailMatcher.to;

import io.embedmta.testing.FakeMail;
import io.embedmta.testing.MailTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Tests beside each other, each with a server of its own. */
@MailTest
@Execution(ExecutionMode.CONCURRENT)
class ParallelTest {

    @RepeatedTest(200)
    void seesItsOwnMailAlone(FakeMail mail, RepetitionInfo repetition) throws Exception {
        String own = "user" + repetition.getCurrentRepetition() + "@example.org";
        new SignUp(mail.smtpProperties()).signUp(own);
        mail.awaitCount(1, any());
        mail.await(to(own));
        mail.assertNone(to(own).negate());
    }
}
