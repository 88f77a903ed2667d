package io.embedmta.store.journal;

/** The names of files in a spool. */
final class SpoolNames {
    /** Names the spool, and holds its salt. */
    static final String SPOOL = "spool";

    /** Locked by the owner of the spool. */
    static final String LOCK = "lock";

    private static final String LARGE = ".mail";
    private static final String DAMAGED = ".damaged";

    private SpoolNames() {}

    /** The file of a large message's content. */
    static String large(long file) {
        return String.format("%016d", file) + LARGE;
    }

    /** The number in the name of a large message's file, or -1. */
    static long numberOfLarge(String name) {
        return number(name, LARGE);
    }

    /** Where octets of a segment go that cannot be read. */
    static String damaged(long segment, long offset) {
        return String.format("%016d", segment) + "-" + offset + DAMAGED;
    }

    /** The number of the segment in such a name, or -1. */
    static long segmentOfDamaged(String name) {
        int dash = name.indexOf('-');
        return dash > 0 && name.endsWith(DAMAGED) ? number(name.substring(0, dash), "") : -1;
    }

    /** Where a file goes that cannot be read at all. */
    static String damaged(String name) {
        return name + DAMAGED;
    }

    /** The name of a file that does not count until all of it is written. */
    static String unfinished(String name) {
        return name + ".new";
    }

    static long number(String name, String suffix) {
        if (!name.endsWith(suffix) || name.length() == suffix.length()) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < name.length() - suffix.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i > 17) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
