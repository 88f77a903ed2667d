package io.embedmta.internal.session;

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
        return new LoginDesk(
                settings.authenticator()
                        .map(
                                users ->
                                        ServerMechanisms.of(
                                                users, engine.hostname(), engine.clock())),
                new LoginThrottle(engine.clock()));
    }
}
