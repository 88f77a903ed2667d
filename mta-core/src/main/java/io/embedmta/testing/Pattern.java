package io.embedmta.testing;

import java.util.Locale;

/** A text in which {@code *} stands for any text, whatever the case of the letters. Immutable. */
final class Pattern {
    static final Pattern ANY = new Pattern("*");

    private final String text;

    private Pattern(String text) {
        this.text = text.toLowerCase(Locale.ROOT);
    }

    /**
     * Of an address.
     *
     * @param call who asks, for the message
     */
    static Pattern ofAddress(String call, String text) {
        boolean address = text.indexOf('@') > 0 && text.indexOf('@') < text.length() - 1;
        if ((!address && text.indexOf('*') < 0) || text.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    call
                            + "(\""
                            + text
                            + "\") can never match: give an address such as ann@example.org, or a"
                            + " pattern such as *@example.org.");
        }
        return new Pattern(text);
    }

    /** Of a name, such as that of a file. */
    static Pattern ofName(String text) {
        return new Pattern(text);
    }

    /** Of an address, or empty for the null sender. */
    static Pattern ofPath(String call, String text) {
        return text.isEmpty() || text.equals("<>") ? new Pattern("") : ofAddress(call, text);
    }

    boolean fits(String candidate) {
        return fits(candidate.toLowerCase(Locale.ROOT), 0, 0);
    }

    private boolean fits(String candidate, int from, int at) {
        int c = from;
        for (int p = at; p < text.length(); p++) {
            if (text.charAt(p) == '*') {
                for (int rest = c; rest <= candidate.length(); rest++) {
                    if (fits(candidate, rest, p + 1)) {
                        return true;
                    }
                }
                return false;
            }
            if (c >= candidate.length() || candidate.charAt(c) != text.charAt(p)) {
                return false;
            }
            c++;
        }
        return c == candidate.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
