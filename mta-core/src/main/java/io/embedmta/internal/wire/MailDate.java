package io.embedmta.internal.wire;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Instants as header fields carry them (RFC 5322 §3.3). */
public final class MailDate {
    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private MailDate() {}

    /**
     * The instant in universal time, such as {@code Tue, 5 May 2026 08:05:00 +0000}.
     *
     * @param instant not before the year 1900, the first that RFC 5322 knows
     */
    public static String format(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        StringBuilder out = new StringBuilder(31);
        threeLetters(out, DAYS, time.getDayOfWeek().getValue()).append(", ");
        out.append(time.getDayOfMonth()).append(' ');
        threeLetters(out, MONTHS, time.getMonthValue()).append(' ');
        out.append(time.getYear()).append(' ');
        twoDigits(out, time.getHour()).append(':');
        twoDigits(out, time.getMinute()).append(':');
        // "GMT" would be an obsolete zone (RFC 5322 §4.3).
        return twoDigits(out, time.getSecond()).append(" +0000").toString();
    }

    /** The name of a day or month, counted from 1. */
    private static StringBuilder threeLetters(StringBuilder out, String names, int number) {
        return out.append(names, 3 * (number - 1), 3 * number);
    }

    private static StringBuilder twoDigits(StringBuilder out, int value) {
        return out.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
