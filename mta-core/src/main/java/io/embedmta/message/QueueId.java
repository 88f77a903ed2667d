package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The name of a message in the queue, in Received fields and in logs.
 *
 * @param text 1 to 64 letters and digits
 */
public record QueueId(String text) implements Comparable<QueueId> {
    private static final char[] DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZ".toCharArray();
    private static final int TIME_DIGITS = 9;
    private static final int RANDOM_DIGITS = 7;

    /** Checks the text. */
    public QueueId {
        boolean ok = !text.isEmpty() && text.length() <= 64;
        for (int i = 0; ok && i < text.length(); i++) {
            char c = text.charAt(i);
            ok = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        }
        if (!ok) {
            throw new SyntaxException("A queue id is 1 to 64 letters and digits.");
        }
    }

    /**
     * A new id: the millisecond, so that ids sort by age, then 34 random bits. It has no vowels, so
     * it spells no words.
     */
    public static QueueId next(Instant now, RandomGenerator random) {
        char[] text = new char[TIME_DIGITS + RANDOM_DIGITS];
        long time = now.toEpochMilli();
        for (int i = TIME_DIGITS - 1; i >= 0; i--) {
            text[i] = DIGITS[(int) Math.floorMod(time, (long) DIGITS.length)];
            time = Math.floorDiv(time, (long) DIGITS.length);
        }
        long bits = random.nextLong() >>> 1;
        for (int i = TIME_DIGITS; i < text.length; i++) {
            text[i] = DIGITS[(int) (bits % DIGITS.length)];
            bits /= DIGITS.length;
        }
        return new QueueId(new String(text));
    }

    @Override
    public int compareTo(QueueId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
