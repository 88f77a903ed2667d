package io.embedmta.internal.intake;

/** Looks for a field in a header section that passes by. Keeps nothing of it. */
final class FieldFinder {
    private final String name;

    /** How many octets of the name the line began with; negative once it is another field's. */
    private int matched;

    private boolean found;

    /**
     * @param name in lower case
     */
    FieldFinder(String name) {
        this.name = name;
    }

    /**
     * One octet of a line, without its end.
     *
     * @param column how many octets stand before it
     */
    void take(byte octet, int column) {
        if (column == 0) {
            matched = 0;
        }
        if (found || matched < 0) {
            return;
        }
        if (matched < name.length()) {
            matched = lower(octet) == name.charAt(matched) ? matched + 1 : -1;
        } else if (octet == ':') {
            found = true;
        } else if (octet != ' ' && octet != '\t') {
            // RFC 5322 §4.5: blanks before the colon are obsolete, not unheard of.
            matched = -1;
        }
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    /** Whether it was there, in what has passed by. */
    boolean isFound() {
        return found;
    }
}
