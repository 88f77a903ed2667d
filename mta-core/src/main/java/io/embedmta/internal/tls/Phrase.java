package io.embedmta.internal.tls;

import org.jspecify.annotations.Nullable;

/** Words of a stranger, such as names in a certificate, fit for one line of a log. */
final class Phrase {
    private static final int LIMIT = 120;

    private Phrase() {}

    /** Printable ASCII of a limited length; what is not becomes a question mark. */
    static String of(@Nullable String text) {
        if (text == null) {
            return "no reason given";
        }
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length() && i < LIMIT; i++) {
            char c = text.charAt(i);
            printable.append(c >= ' ' && c < 127 ? c : '?');
        }
        return printable.append(text.length() > LIMIT ? "..." : "").toString();
    }
}
