package io.embedmta.internal.session;

import io.embedmta.internal.wire.CommandLine;

/**
 * What a transcript may hold of a client's commands: of AUTH the mechanism alone, and nothing of
 * what may be the rest of an exchange that we refused and the client went on with all the same. For
 * one session.
 */
final class HeardLine {
    static final String SECRET = "***";

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

    /** Well-formed or not. */
    private static boolean isAuth(String line) {
        String text = line.strip();
        return text.regionMatches(true, 0, "AUTH", 0, 4)
                && (text.length() == 4 || Character.isWhitespace(text.charAt(4)));
    }

    private static String withoutSecret(String line) {
        if (!line.regionMatches(true, 0, "AUTH ", 0, 5)) {
            return line.length() == 4 ? line : SECRET;
        }
        int end = line.indexOf(' ', 5);
        return end < 0 ? line : line.substring(0, end + 1) + SECRET;
    }
}
