package io.embedmta.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class, or one test, a {@link FakeMail} as a parameter: of JUnit Jupiter,
 * 5.12 or later. Each test has a server of its own, and so may run beside any other. A test fails
 * if it made a fault rule that was never used.
 *
 * <pre>{@code
 * @MailTest
 * class SignupTest {
 *     @Test
 *     void welcomesNewUsers(FakeMail mail) {
 *         app.configure(mail.smtpProperties());
 *         app.signUp("ann@example.org");
 *         mail.await(to("ann@example.org").and(subject("Welcome")));
 *     }
 * }
 * }</pre>
 *
 * <p>Methods of {@code @BeforeEach} and {@code @AfterEach} get the server of their test.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MailExtension.class)
// Who has this annotation at work has JUnit; who has not, needs none.
@SuppressWarnings("exports")
public @interface MailTest {

    /**
     * Whether all tests of the class have one server, whose port is the same for all of them, as
     * where it went into an application context that is kept. Constructors and {@code @BeforeAll}
     * get it too. Each test sees only what came after it began, and its fault rules end with it;
     * the tests of such a class do not run in parallel.
     */
    boolean shared() default false;

    /** Whether the server offers STARTTLS: see {@link FakeMailBuilder#tls}. */
    boolean tls() default false;

    /** Whether it speaks TLS from the first octet: see {@link FakeMailBuilder#implicitTls}. */
    boolean implicitTls() default false;

    /** Its users, each as {@code "name:password"}: see {@link FakeMailBuilder#user}. */
    String[] users() default {};

    /** Whether it takes any user with any password: see {@link FakeMailBuilder#anyUser}. */
    boolean anyUser() default false;
}
