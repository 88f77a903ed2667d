package io.embedmta.internal.intake;

/**
 * Looks for the field {@code TLS-Required: No} (RFC 8689 §3) in a header section that passes by,
 * whatever its case and folding. Keeps nothing of it.
 */
final class TlsRequiredField {
    static final String NAME = "tls-required";
    private static final String VALUE = "no";

    private enum Within {
        NAME,
        VALUE,
        OTHER
    }

    private Within within = Within.OTHER;

    /** How many characters of the name or the value were there. */
    private int matched;

    private boolean found;

    /** One octet of a line, without its end. */
    void take(byte octet, int column) {
        boolean blank = octet == ' ' || octet == '\t';
        if (column == 0 && !blank) {
            found = isFound();
            within = Within.NAME;
            matched = 0;
        }
        switch (within) {
            case NAME -> name(octet, blank);
            case VALUE -> value(octet, blank);
            case OTHER -> {}
        }
    }

    private void name(byte octet, boolean blank) {
        if (matched == NAME.length() && octet == ':') {
            within = Within.VALUE;
            matched = 0;
        } else if (matched < NAME.length() && lower(octet) == NAME.charAt(matched)) {
            matched++;
        } else if (matched < NAME.length() || !blank) {
            // RFC 5322 §4.5: blanks before the colon are obsolete, not unheard of.
            within = Within.OTHER;
        }
    }

    private void value(byte octet, boolean blank) {
        if (matched < VALUE.length() && lower(octet) == VALUE.charAt(matched)) {
            matched++;
        } else if (!blank || matched == 1) {
            within = Within.OTHER;
        }
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    /** Whether it was there, in what has passed by. */
    boolean isFound() {
        return found || (within == Within.VALUE && matched == VALUE.length());
    }
}
