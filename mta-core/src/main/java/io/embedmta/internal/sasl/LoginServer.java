package io.embedmta.internal.sasl;

import io.embedmta.smtp.SyntaxException;
import org.jspecify.annotations.Nullable;

/** LOGIN, which no RFC describes: name and password, each asked for. */
final class LoginServer implements ServerMechanism {
    private final Accounts accounts;
    private @Nullable String user;

    LoginServer(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Step begin() {
        return new Step.Challenge(Octets.of("Username:"));
    }

    @Override
    public Step respond(byte[] response) {
        String text;
        try {
            text = Octets.text(response);
        } catch (SyntaxException e) {
            return new Step.Malformed();
        }
        String known = user;
        if (known == null) {
            // Some clients send it with their request.
            user = text;
            return new Step.Challenge(Octets.of("Password:"));
        }
        return accounts.password(known, text);
    }
}
