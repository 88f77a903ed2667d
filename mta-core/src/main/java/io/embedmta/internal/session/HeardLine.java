package io.embedmta.internal.session;

import io.embedmta.internal.wire.CommandLine;
import java.util.Locale;
import java.util.Set;

/**
 * What a transcript may hold of a client's commands: of AUTH the mechanism alone, and nothing of
 * what may be the rest of an exchange that we refused and the client went on with all the same. For
 * one session.
 */
final class HeardLine {
    static final String SECRET = "***";

    /** Known by name, ours or not: another word may be a password in the wrong place. */
    private static final Set<String> MECHANISMS =
            Set.of(
                    "PLAIN",
                    "LOGIN",
                    "CRAM-MD5",
                    "DIGEST-MD5",
                    "SCRAM-SHA-1",
                    "SCRAM-SHA-1-PLUS",
                    "SCRAM-SHA-256",
                    "SCRAM-SHA-256-PLUS",
                    "SCRAM-SHA-512",
                    "SCRAM-SHA-512-PLUS",
                    "OAUTHBEARER",
                    "XOAUTH2",
                    "EXTERNAL",
                    "ANONYMOUS",
                    "GSSAPI",
                    "NTLM");

    private boolean mayBeSecret;

    /** The line as it may be shown. */
    String of(String line) {
        if (isAuth(line)) {
            mayBeSecret = true;
            return withoutSecret(line);
        }
        mayBeSecret = mayBeSecret && CommandLine.parse(line).verb().isEmpty();
        return mayBeSecret ? SECRET : line;
    }

    /** There was a line that could not be read, which may have been AUTH. */
    void unreadable() {
        mayBeSecret = true;
    }

    /** The exchange has ended well, so that nothing of it is to come. */
    void authenticated() {
        mayBeSecret = false;
    }

    /** Well-formed or not. */
    private static boolean isAuth(String line) {
        String text = line.strip();
        return text.regionMatches(true, 0, "AUTH", 0, 4)
                && (text.length() == 4 || Character.isWhitespace(text.charAt(4)));
    }

    private static String withoutSecret(String line) {
        String[] words = line.strip().split("\\s+", 3);
        String shown = words[0];
        if (words.length > 1) {
            boolean known = MECHANISMS.contains(words[1].toUpperCase(Locale.ROOT));
            shown += " " + (known ? words[1] : SECRET);
        }
        return words.length > 2 ? shown + " " + SECRET : shown;
    }
}
