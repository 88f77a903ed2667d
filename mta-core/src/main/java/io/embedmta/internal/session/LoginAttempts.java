package io.embedmta.internal.session;

import io.embedmta.internal.sasl.Attempts;
import io.embedmta.internal.sasl.Step;
import java.net.InetAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one AUTH of a session makes of the attempts that its client has. For one thread. */
final class LoginAttempts implements Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(LoginAttempts.class);

    private final String session;
    private final InetAddress client;
    private final LoginThrottle throttle;
    private boolean failed;

    LoginAttempts(Session session, LoginThrottle throttle) {
        this.session = session.id();
        this.client = session.clientAddress();
        this.throttle = throttle;
    }

    @Override
    public Optional<Step> begin(String name) {
        Optional<Step> refusal = throttle.begin(client, name);
        refusal.ifPresent(
                step ->
                        LOG.info(
                                "{}: {} {}",
                                session,
                                client.getHostAddress(),
                                step instanceof Step.TooEarly
                                        ? "tries again too early"
                                        : "tries too often at once"));
        return refusal;
    }

    @Override
    public void end(String name, Step outcome) {
        int failures = throttle.end(client, name, outcome);
        if (outcome instanceof Step.Rejected) {
            failed = true;
            // Not the name: people type their password there.
            LOG.info(
                    "{}: authentication of {} failed, number {} of that name that is not forgiven",
                    session,
                    client.getHostAddress(),
                    failures);
        }
    }

    /** Whether the client has failed, be the exchange over or broken off since. */
    boolean haveFailed() {
        return failed;
    }
}
