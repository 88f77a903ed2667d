package io.embedmta.auth;

import java.io.IOException;

/** Gives OAuth 2.0 access tokens. Thread-safe. */
@FunctionalInterface
public interface TokenSupplier {

    /**
     * A token that is valid now. Asked at each log-in, so it keeps a token as long as it is good;
     * may block for a limited time.
     *
     * @throws IOException if there is none now; the mail is deferred
     */
    String token() throws IOException;
}
