package io.embedmta.internal.sasl;

import io.embedmta.smtp.SyntaxException;

/**
 * What SCRAM and OAUTHBEARER begin with (RFC 5801 §4, RFC 5802 §7): whether the client binds the
 * exchange to the channel, and for whom it wants to act.
 *
 * @param binding {@code n}, {@code y}, or {@code p=} and the type
 * @param authorization the name; empty if none is given
 * @param text the header itself, both commas included
 */
record Gs2Header(String binding, String authorization, String text) {

    /**
     * Reads the header that a message begins with.
     *
     * @throws SyntaxException if there is none
     */
    static Gs2Header parse(String message) {
        int first = message.indexOf(',');
        int second = message.indexOf(',', first + 1);
        if (first < 0 || second < 0) {
            throw new SyntaxException("The message has no GS2 header.");
        }
        String binding = message.substring(0, first);
        if (!binding.equals("n") && !binding.equals("y") && !binding.startsWith("p=")) {
            throw new SyntaxException("A GS2 header begins with n, y or p=.");
        }
        String name = message.substring(first + 1, second);
        if (!name.isEmpty() && !name.startsWith("a=")) {
            throw new SyntaxException("A GS2 header names the authorization identity with a=.");
        }
        return new Gs2Header(
                binding,
                name.isEmpty() ? "" : decodeName(name.substring(2)),
                message.substring(0, second + 1));
    }

    /**
     * A name with its escapes resolved (RFC 5802 §5.1).
     *
     * @throws SyntaxException if one is malformed, or the name is empty
     */
    static String decodeName(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '=') {
                plain.append(c);
            } else if (name.startsWith("=2C", i)) {
                plain.append(',');
                i += 2;
            } else if (name.startsWith("=3D", i)) {
                plain.append('=');
                i += 2;
            } else {
                throw new SyntaxException("In a name, = is followed by 2C or 3D.");
            }
        }
        if (plain.length() == 0) {
            throw new SyntaxException("A name has at least one character.");
        }
        return plain.toString();
    }

    /** A name with escapes. */
    static String encodeName(String name) {
        return name.replace("=", "=3D").replace(",", "=2C");
    }
}
