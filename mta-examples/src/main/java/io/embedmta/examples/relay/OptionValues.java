package io.embedmta.examples.relay;

import io.embedmta.listener.Cidr;
import io.embedmta.message.MailDomain;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** What the values of options mean; each refusal names the option. */
final class OptionValues {
    private OptionValues() {}

    static String domain(String option, String value) {
        try {
            return MailDomain.of(value).text();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    static String cidr(String option, String value) {
        try {
            Cidr.of(value);
            return value;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    static long number(String option, String value, long low, long high) {
        try {
            long number = Long.parseLong(value);
            if (number >= low && number <= high) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        String range = high == Long.MAX_VALUE ? low + " or more" : low + " to " + high;
        throw new IllegalArgumentException(
                option + " takes a number of " + range + ", not \"" + value + "\"");
    }

    /** A number and its unit: s, m, h or d. */
    static Duration duration(String option, String text) {
        int end = text.length() - 1;
        try {
            long number = end < 1 ? 0 : Long.parseLong(text.substring(0, end));
            Duration duration =
                    switch (number > 0 ? text.charAt(end) : '?') {
                        case 's' -> Duration.ofSeconds(number);
                        case 'm' -> Duration.ofMinutes(number);
                        case 'h' -> Duration.ofHours(number);
                        case 'd' -> Duration.ofDays(number);
                        default -> Duration.ZERO;
                    };
            if (!duration.isZero() && duration.compareTo(Duration.ofDays(3650)) < 0) {
                return duration;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                option + " takes a time like 5s, 10m, 4h or 5d, not \"" + text + "\"");
    }

    static Path directory(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(option + " takes a directory");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    static Path file(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(option + " takes a file");
        }
        return directory(option, value);
    }

    /** Reads a file by this function; what it finds wrong is said with the option's name. */
    static <T> T readable(String option, Path file, Function<Path, T> read) {
        try {
            return read.apply(file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException(option + ": " + Spools.sentence(e.getCause()), e);
        }
    }
}
