package io.embedmta.internal.session;

import io.embedmta.auth.Authenticator;
import io.embedmta.internal.sasl.ServerMechanisms;
import io.embedmta.listener.Engine;

/** What all sessions of a listener share to check who their clients are. Thread-safe. */
record LoginDesk(ServerMechanisms mechanisms, LoginThrottle throttle) {

    static LoginDesk of(Authenticator users, Engine engine) {
        return new LoginDesk(
                ServerMechanisms.of(users, engine.hostname(), engine.clock()),
                new LoginThrottle(engine.clock()));
    }
}
