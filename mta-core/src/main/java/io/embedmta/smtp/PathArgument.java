package io.embedmta.smtp;

/**
 * The argument of MAIL or RCPT, cut into the path and the parameters (RFC 5321 §4.1.1.2, §4.1.1.3).
 *
 * @param path what stands between the angle brackets, without control characters; empty for the
 *     null reverse-path
 * @param parameters what follows
 */
public record PathArgument(String path, EsmtpParameters parameters) {

    /**
     * Cuts {@code FROM:<a@b> SIZE=1} or {@code TO:<a@b>}.
     *
     * @param keyword {@code FROM} or {@code TO}
     * @param argument all that follows the verb
     * @throws SyntaxException if the keyword, a bracket or a parameter is malformed
     */
    public static PathArgument parse(String keyword, String argument) {
        int colon = keyword.length();
        if (argument.length() <= colon
                || !argument.regionMatches(true, 0, keyword, 0, colon)
                || argument.charAt(colon) != ':') {
            throw new SyntaxException("Expected " + keyword + ":<address>.");
        }
        int open = colon + 1;
        // RFC 5321 §3.3 allows no space here, but clients are known to send one.
        while (open < argument.length() && argument.charAt(open) == ' ') {
            open++;
        }
        if (open == argument.length() || argument.charAt(open) != '<') {
            throw new SyntaxException("Expected " + keyword + ":<address>, with angle brackets.");
        }
        int close = closingBracket(argument, open);
        if (close + 1 < argument.length() && argument.charAt(close + 1) != ' ') {
            throw new SyntaxException("Expected a space after the closing bracket.");
        }
        return new PathArgument(
                argument.substring(open + 1, close),
                EsmtpParameters.parse(argument.substring(close + 1)));
    }

    /**
     * A closing bracket within a quoted local part does not end the path. No form of a path has
     * control characters (RFC 5321 §4.1.2).
     */
    private static int closingBracket(String text, int open) {
        boolean quoted = false;
        boolean escaped = false;
        for (int i = open + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                throw new SyntaxException("A path holds no control characters.");
            }
            if (escaped) {
                escaped = false;
            } else if (quoted && c == '\\') {
                escaped = true;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '>' && !quoted) {
                return i;
            }
        }
        throw new SyntaxException("The closing bracket is missing.");
    }
}
