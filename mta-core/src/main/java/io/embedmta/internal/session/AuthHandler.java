package io.embedmta.internal.session;

import io.embedmta.auth.Identity;
import io.embedmta.internal.sasl.ServerMechanism;
import io.embedmta.internal.sasl.Step;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AUTH (RFC 4954 §4). Nothing that the client sends here is ever logged, but a proven name. */
final class AuthHandler implements CommandTable.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(AuthHandler.class);

    /** Attempts that one session may fail; each of them costs us more than the client. */
    static final int MAX_FAILURES = 3;

    private static final Reply SUCCEEDED = Reply.of(235, "2.7.0", "Authentication succeeded");

    private static final Reply NO_INITIAL_RESPONSE =
            Reply.of(501, "5.7.0", "This mechanism takes no initial response");
    private static final Reply TOO_MANY_FAILURES =
            Reply.of(421, "4.7.0", "Too many failed authentications, goodbye");
    private static final Reply ALREADY = Reply.of(503, "5.5.1", "You are authenticated already");
    private static final Reply EHLO_FIRST = Reply.of(503, "5.5.1", "Say EHLO first");
    private static final Reply NO_MECHANISM = Reply.of(501, "5.5.4", "Give AUTH a mechanism");
    private static final Reply UNKNOWN_MECHANISM =
            Reply.of(504, "5.5.4", "That mechanism is not supported here");

    /** RFC 4954 §6. */
    private static final Reply ENCRYPTION_REQUIRED =
            Reply.of(538, "5.7.11", "Encryption required for authentication");

    @Override
    public Reply handle(Session session, String argument) throws IOException {
        Optional<LoginDesk> desk = session.loginDesk();
        if (desk.isEmpty()) {
            return Replies.NOT_IMPLEMENTED;
        }
        if (!session.isExtended()) {
            return EHLO_FIRST;
        }
        if (session.user().isPresent()) {
            return ALREADY;
        }
        if (!session.mayAuthenticate()) {
            return ENCRYPTION_REQUIRED;
        }
        int space = argument.indexOf(' ');
        String name = space < 0 ? argument : argument.substring(0, space);
        if (name.isEmpty()) {
            return NO_MECHANISM;
        }
        LoginAttempts attempts = new LoginAttempts(session, desk.get().throttle());
        Optional<ServerMechanism> mechanism =
                desk.get().mechanisms().find(name, session.channelBinding(), attempts);
        if (mechanism.isEmpty()) {
            return UNKNOWN_MECHANISM;
        }
        String initial = space < 0 ? "" : argument.substring(space + 1).strip();
        if (!initial.isEmpty() && !mechanism.get().clientSpeaksFirst()) {
            return NO_INITIAL_RESPONSE;
        }
        AuthExchange.Result result = AuthExchange.run(session, mechanism.get(), initial);
        if (result.step() instanceof Step.Accepted accepted) {
            return succeeded(session, accepted.identity());
        }
        if (result.step() instanceof Step.TooEarly early) {
            return session.countLoginFailure() < MAX_FAILURES
                    ? tooEarly(early.delay())
                    : TOO_MANY_FAILURES;
        }
        // Who breaks off once it is told that it is wrong has tried all the same.
        return attempts.haveFailed() ? failed(session, result.reply()) : result.reply();
    }

    private static Reply succeeded(Session session, Identity identity) {
        LOG.info(
                "{}: {} is {}",
                session.id(),
                session.clientAddress().getHostAddress(),
                identity.name());
        // RFC 4954 §4: no mechanism here adds a security layer, so the session goes on as it is.
        session.authenticated(identity);
        return SUCCEEDED;
    }

    private static Reply failed(Session session, Reply reply) throws IOException {
        if (session.countLoginFailure() < MAX_FAILURES) {
            return reply;
        }
        session.connection().say(reply);
        return TOO_MANY_FAILURES;
    }

    private static Reply tooEarly(Duration delay) {
        long seconds = delay.plusMillis(999).toSeconds();
        return Reply.of(
                454,
                "4.7.0",
                "Too many failed authentications, try again in "
                        + seconds
                        + (seconds == 1 ? " second" : " seconds"));
    }
}
