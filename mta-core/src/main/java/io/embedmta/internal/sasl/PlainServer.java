package io.embedmta.internal.sasl;

import io.embedmta.smtp.SyntaxException;

/** PLAIN (RFC 4616): {@code [authzid] NUL authcid NUL passwd}. */
final class PlainServer implements ServerMechanism {
    private final Accounts accounts;

    PlainServer(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Step respond(byte[] response) {
        String[] parts;
        try {
            parts = Octets.text(response).split("\0", -1);
        } catch (SyntaxException e) {
            return new Step.Malformed();
        }
        if (parts.length != 3) {
            return new Step.Malformed();
        }
        // RFC 4616 §2: to act for another is a right that nobody has here.
        boolean forItself = parts[0].isEmpty() || parts[0].equals(parts[1]);
        return forItself ? accounts.password(parts[1], parts[2]) : accounts.reject(parts[1]);
    }
}
