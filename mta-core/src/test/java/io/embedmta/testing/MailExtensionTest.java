package io.embedmta.testing;

import static io.embedmta.testing.MailMatcher.any;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The extension in the hands of JUnit itself. */
class MailExtensionTest {

    static void send(FakeMail mail) {
        mail.mta()
                .submit(
                        Envelope.from("a@x.example").to("b@y.example"),
                        Content.of("Subject: x\r\n\r\nx\r\n"));
    }

    private static EngineExecutionResults run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(tests))
                .execute();
    }

    private static String failures(EngineExecutionResults results) {
        return results.testEvents().failed().stream()
                .map(MailExtensionTest::failure)
                .reduce("", (one, other) -> one + other + "\n");
    }

    private static String failure(Event event) {
        return event.getPayload(TestExecutionResult.class)
                .flatMap(TestExecutionResult::getThrowable)
                .map(thrown -> thrown.getClass().getSimpleName() + ": " + thrown.getMessage())
                .orElse("");
    }

    /** Run by JUnit within a test, and not for themselves. */
    static final class Samples {
        private Samples() {}

        @MailTest
        static class EachItsOwn {
            private int port;

            @BeforeEach
            void note(FakeMail mail) {
                port = mail.port();
            }

            @Test
            void one(FakeMail mail) {
                assertEquals(port, mail.port());
                send(mail);
                mail.await(any());
            }

            @Test
            void two(FakeMail mail) {
                assertEquals(0, mail.received().size());
                send(mail);
            }

            @Nested
            class Within {
                @Test
                void three(FakeMail mail) {
                    assertEquals(0, mail.received().size());
                }
            }
        }

        static class OneMethod {
            @Test
            @MailTest(tls = true, users = "ann:secret")
            void one(FakeMail mail) {
                assertTrue(mail.caPem().startsWith("-----BEGIN"));
                assertEquals("ann", mail.smtpProperties().get("mail.smtp.user"));
            }
        }

        static class SharedByOneMethod {
            @Test
            @MailTest(shared = true)
            void one(FakeMail mail) {
                send(mail);
            }
        }

        @MailTest(shared = true)
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        static class Shared {
            private final FakeMail constructed;

            Shared(FakeMail mail) {
                constructed = mail;
            }

            @BeforeAll
            void before(FakeMail mail) {
                assertSame(constructed, mail);
                send(mail);
            }

            @Test
            void one(FakeMail mail) {
                alone(mail);
            }

            @Test
            void two(FakeMail mail) {
                alone(mail);
            }

            private void alone(FakeMail mail) {
                assertSame(constructed, mail);
                assertEquals(0, mail.received().size());
                send(mail);
                assertEquals(1, mail.received().size());
            }
        }

        @MailTest
        static class UnusedRule {
            @Test
            void one(FakeMail mail) {
                mail.on(Stage.rcpt("nobody@*")).reply(550, "5.1.1", "who?");
            }
        }

        @MailTest
        static class FailedWithUnusedRule {
            @Test
            void one(FakeMail mail) {
                mail.on(Stage.rcpt("nobody@*")).reply(550, "5.1.1", "who?");
                assertNotEquals(mail.port(), mail.port(), "of itself");
            }
        }

        @MailTest
        static class TooEarly {
            TooEarly(FakeMail mail) {
                assertNotEquals(0, mail.port());
            }

            @Test
            void one() {}
        }
    }

    @Test
    void eachTest_hasItsOwn() {
        run(Samples.EachItsOwn.class)
                .testEvents()
                .assertStatistics(stats -> stats.succeeded(3).failed(0));
    }

    @Test
    void method_mayBearTheAnnotation() {
        run(Samples.OneMethod.class)
                .testEvents()
                .assertStatistics(stats -> stats.succeeded(1).failed(0));
    }

    @Test
    void shared_isOneForTheClass_andShowsEachTestItsOwnMail() {
        run(Samples.Shared.class)
                .testEvents()
                .assertStatistics(stats -> stats.succeeded(2).failed(0));
    }

    @Test
    void shared_byOneMethod_isToldWhatToDo_I9() {
        String failures = failures(run(Samples.SharedByOneMethod.class));
        assertTrue(failures.contains("leave out shared = true"), failures);
    }

    @Test
    void unusedRule_failsTheTest() {
        String failures = failures(run(Samples.UnusedRule.class));
        assertTrue(
                failures.startsWith("AssertionError: on(rcpt(\"nobody@*\")) was never"), failures);
    }

    @Test
    void failedTest_failsForItselfAlone() {
        String failures = failures(run(Samples.FailedWithUnusedRule.class));
        assertTrue(failures.contains("of itself"), failures);
        assertTrue(!failures.contains("never used"), failures);
    }

    @Test
    void constructor_withoutSharing_isToldWhatToDo() {
        String failures = failures(run(Samples.TooEarly.class));
        assertTrue(failures.contains("@MailTest(shared = true)"), failures);
    }
}
