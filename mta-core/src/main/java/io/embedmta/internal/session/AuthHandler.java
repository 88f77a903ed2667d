package io.embedmta.internal.session;

import io.embedmta.auth.Identity;
import io.embedmta.internal.sasl.ServerMechanism;
import io.embedmta.internal.sasl.Step;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.net.InetAddress;
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

    /** The same for a wrong password and for an unknown user. */
    static final Reply REJECTED = Reply.of(535, "5.7.8", "Authentication credentials invalid");

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
        Optional<ServerMechanism> mechanism =
                desk.get().mechanisms().find(name, session.channelBinding());
        if (mechanism.isEmpty()) {
            return UNKNOWN_MECHANISM;
        }
        String initial = space < 0 ? "" : argument.substring(space + 1).strip();
        return attempt(session, desk.get().throttle(), mechanism.get(), initial);
    }

    private static Reply attempt(
            Session session, LoginThrottle throttle, ServerMechanism mechanism, String initial)
            throws IOException {
        if (!initial.isEmpty() && !mechanism.clientSpeaksFirst()) {
            return NO_INITIAL_RESPONSE;
        }
        InetAddress client = session.clientAddress();
        Duration wait = throttle.begin(client);
        if (!wait.isZero()) {
            LOG.info("{}: {} tries again too early", session.id(), client.getHostAddress());
            return session.countLoginFailure() >= MAX_FAILURES ? TOO_MANY_FAILURES : tooEarly(wait);
        }
        boolean judged = false;
        try {
            AuthExchange.Result result = AuthExchange.run(session, mechanism, initial);
            if (result.step() instanceof Step.Accepted accepted) {
                judged = true;
                throttle.succeeded(client, mechanism.claimed());
                return succeeded(session, accepted.identity());
            }
            if (result.step() instanceof Step.Rejected) {
                judged = true;
                count(session, throttle, mechanism);
                return failed(session, REJECTED);
            }
            if (mechanism.hasRefused()) {
                // Who breaks off once it is told that it is wrong has tried all the same.
                judged = true;
                count(session, throttle, mechanism);
                return failed(session, result.reply());
            }
            return result.reply();
        } finally {
            if (!judged && mechanism.hasRefused()) {
                // It has hung up.
                count(session, throttle, mechanism);
            } else if (!judged) {
                throttle.ended(client);
            }
        }
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

    private static void count(Session session, LoginThrottle throttle, ServerMechanism mechanism) {
        int failures = throttle.failed(session.clientAddress(), mechanism.claimed());
        // Not the name: people type their password there.
        LOG.info(
                "{}: authentication of {} failed, number {} that is not forgiven",
                session.id(),
                session.clientAddress().getHostAddress(),
                failures);
    }

    private static Reply failed(Session session, Reply reply) throws IOException {
        if (session.countLoginFailure() < MAX_FAILURES) {
            return reply;
        }
        session.connection().say(reply);
        return TOO_MANY_FAILURES;
    }

    private static Reply tooEarly(Duration wait) {
        return Reply.of(
                454,
                "4.7.0",
                "Too many failures from your address, try again in "
                        + wait.plusMillis(999).toSeconds()
                        + " seconds");
    }
}
