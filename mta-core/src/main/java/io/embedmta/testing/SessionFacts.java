package io.embedmta.testing;

import io.embedmta.auth.Identity;
import io.embedmta.tls.TlsSession;
import java.util.List;
import java.util.Optional;

/** What is known of the session that a message came by. Thread-safe. */
interface SessionFacts {

    /** Of a message that was submitted without a socket. */
    SessionFacts NONE =
            new SessionFacts() {
                @Override
                public List<String> transcript() {
                    return List.of();
                }

                @Override
                public Optional<TlsSession> tls() {
                    return Optional.empty();
                }

                @Override
                public Optional<Identity> user() {
                    return Optional.empty();
                }
            };

    List<String> transcript();

    Optional<TlsSession> tls();

    Optional<Identity> user();
}
