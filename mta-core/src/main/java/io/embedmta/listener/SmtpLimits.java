package io.embedmta.listener;

import java.time.Duration;

/**
 * The bounds of an SMTP listener. Immutable; the defaults are at or above what RFC 5321 §4.5.3 asks
 * for.
 *
 * @param commandLine longest command line, CRLF included, in octets (512 or more); those of AUTH
 *     may have 12288 in any case (RFC 4954 §4)
 * @param textLine longest line of a message, CRLF included, in octets (1000 or more)
 * @param recipients recipients of one transaction (100 or more)
 * @param messageSize largest message, in octets (64 KiB or more)
 * @param errors commands refused with 5yz until the session is ended (1 or more); each message
 *     accepted sets the count back. Commands deferred with 4yz count beyond as many as {@code
 *     recipients}, and those that move nothing on, such as NOOP, beyond a hundred
 * @param sessions sessions at once in all (1 or more)
 * @param sessionsPerClient sessions at once of one client (1 or more): of an IPv4 address, or of
 *     the /64 that an IPv6 address is in
 * @param commandTimeout how long a client may take for one command line, or to read our replies
 *     (above zero, a day at most)
 * @param dataTimeout how long a client may pause within a message (above zero, a day at most)
 * @param messageTimeout how long a client may take for one whole message (above zero, a day at
 *     most)
 */
public record SmtpLimits(
        int commandLine,
        int textLine,
        int recipients,
        long messageSize,
        int errors,
        int sessions,
        int sessionsPerClient,
        Duration commandTimeout,
        Duration dataTimeout,
        Duration messageTimeout) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Checks the ranges. */
    public SmtpLimits {
        atLeast("command line length", commandLine, 512);
        atLeast("text line length", textLine, 1000);
        atLeast("number of recipients", recipients, 100);
        atLeast("message size", messageSize, 65536);
        atLeast("number of errors", errors, 1);
        atLeast("number of sessions", sessions, 1);
        atLeast("number of sessions of a client", sessionsPerClient, 1);
        inRange("command time-out", commandTimeout);
        inRange("data time-out", dataTimeout);
        inRange("message time-out", messageTimeout);
    }

    private static void atLeast(String what, long value, long minimum) {
        if (value < minimum) {
            throw new IllegalArgumentException(
                    "Give a " + what + " of " + minimum + " or more, not " + value + ".");
        }
    }

    private static void inRange(String what, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "Give a " + what + " above zero and of a day at most, not " + value + ".");
        }
    }

    /**
     * Command lines of 2048 octets, text lines of 1000, 1000 recipients, 50 MiB, 20 errors, 1000
     * sessions, 100 of one client, five minutes for a command and for a pause, an hour for a
     * message.
     */
    public static SmtpLimits defaults() {
        return new SmtpLimits(
                2048,
                1000,
                1000,
                50L * 1024 * 1024,
                20,
                1000,
                100,
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofHours(1));
    }

    /** The same limits with another longest command line, in octets. */
    public SmtpLimits withCommandLine(int value) {
        return new SmtpLimits(
                value,
                textLine,
                recipients,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another longest line of a message, in octets. */
    public SmtpLimits withTextLine(int value) {
        return new SmtpLimits(
                commandLine,
                value,
                recipients,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another number of recipients. */
    public SmtpLimits withRecipients(int value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                value,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another largest message, in octets. */
    public SmtpLimits withMessageSize(long value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                value,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another number of errors. */
    public SmtpLimits withErrors(int value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                value,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another number of sessions. */
    public SmtpLimits withSessions(int value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                errors,
                value,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another number of sessions of one client. */
    public SmtpLimits withSessionsPerClient(int value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                errors,
                sessions,
                value,
                commandTimeout,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another time for a command. */
    public SmtpLimits withCommandTimeout(Duration value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                value,
                dataTimeout,
                messageTimeout);
    }

    /** The same limits with another pause within a message. */
    public SmtpLimits withDataTimeout(Duration value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                value,
                messageTimeout);
    }

    /** The same limits with another time for a whole message. */
    public SmtpLimits withMessageTimeout(Duration value) {
        return new SmtpLimits(
                commandLine,
                textLine,
                recipients,
                messageSize,
                errors,
                sessions,
                sessionsPerClient,
                commandTimeout,
                dataTimeout,
                value);
    }
}
