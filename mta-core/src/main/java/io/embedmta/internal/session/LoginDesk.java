package io.embedmta.internal.session;

import io.embedmta.auth.Authenticator;
import io.embedmta.internal.sasl.ServerMechanisms;
import io.embedmta.listener.Engine;
import io.embedmta.listener.SmtpListener;
import java.util.Optional;

/**
 * What all sessions of a listener share to check who their clients are. Thread-safe.
 *
 * @param mechanisms empty if the listener knows no users
 */
record LoginDesk(Optional<ServerMechanisms> mechanisms, LoginThrottle throttle) {

    static LoginDesk of(SmtpListener settings, Engine engine) {
        Optional<Authenticator> users = settings.authenticator();
        Optional<ServerMechanisms> mechanisms =
                users.isPresent()
                        ? Optional.of(
                                ServerMechanisms.of(users.get(), engine.hostname(), engine.clock()))
                        : Optional.empty();
        return new LoginDesk(mechanisms, new LoginThrottle(engine.clock()));
    }
}
