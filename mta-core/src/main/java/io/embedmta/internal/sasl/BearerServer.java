package io.embedmta.internal.sasl;

import io.embedmta.auth.SaslPrep;
import io.embedmta.smtp.SyntaxException;

/**
 * OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2: a token, in key-value pairs that end with
 * control-A. What is refused is explained in a challenge, to which the client answers for the sake
 * of form (RFC 7628 §3.2.3).
 */
final class BearerServer implements ServerMechanism {
    private static final String SCHEME = "bearer ";
    private static final char END = '\1';

    private final Accounts accounts;
    private final boolean standard;
    private boolean refused;

    /**
     * @param standard OAUTHBEARER; else XOAUTH2
     */
    BearerServer(Accounts accounts, boolean standard) {
        this.accounts = accounts;
        this.standard = standard;
    }

    @Override
    public Step respond(byte[] response) {
        if (refused) {
            return new Step.Rejected();
        }
        try {
            Step step = check(Octets.text(response));
            if (!(step instanceof Step.Rejected)) {
                return step;
            }
            refused = true;
            return new Step.Challenge(Octets.of(explanation()));
        } catch (SyntaxException e) {
            return new Step.Malformed();
        }
    }

    /** RFC 7628 §3.2.2; clients of XOAUTH2 know numbers. */
    private String explanation() {
        return standard
                ? "{\"status\":\"invalid_token\"}"
                : "{\"status\":\"401\",\"schemes\":\"bearer\"}";
    }

    private Step check(String text) {
        if (!standard) {
            return check(value(text, "user="), value(text, "auth="));
        }
        Gs2Header header = Gs2Header.parse(text);
        String pairs = text.substring(header.text().length());
        if (header.binding().startsWith("p=") || pairs.isEmpty() || pairs.charAt(0) != END) {
            return new Step.Malformed();
        }
        return check(header.authorization(), value(pairs.substring(1), "auth="));
    }

    private Step check(String rawUser, String authorization) {
        // As each name that an authenticator is asked for; and it would stand in our log.
        String user = SaslPrep.prepare(rawUser);
        // RFC 9110 §11.1: the name of a scheme has no case.
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return new Step.Malformed();
        }
        String token = authorization.substring(SCHEME.length()).strip();
        return token.isEmpty() ? new Step.Malformed() : accounts.token(user, token);
    }

    /**
     * The value of the pair that begins with the key and an equals sign; empty if there is none.
     */
    private static String value(String pairs, String key) {
        if (pairs.length() < 2 || !pairs.endsWith("" + END + END)) {
            throw new SyntaxException("The pairs end with two control-A.");
        }
        for (String pair : pairs.split(String.valueOf(END), -1)) {
            if (pair.startsWith(key)) {
                return pair.substring(key.length());
            }
        }
        return "";
    }
}
