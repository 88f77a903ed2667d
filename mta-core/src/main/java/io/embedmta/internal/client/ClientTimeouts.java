package io.embedmta.internal.client;

import java.time.Duration;

/**
 * How long the client waits (RFC 5321 §4.5.3.2). A wait for a reply is for the whole reply, not for
 * its next octet. All are above zero and at most a day.
 *
 * @param connect for the connection
 * @param greeting for the 220
 * @param handshake for all of a TLS handshake
 * @param command for the reply to STARTTLS, EHLO, HELO, MAIL, RCPT and RSET
 * @param data for the reply to DATA
 * @param block for the server to take 16 KiB
 * @param finalDot for the reply to the end of the message; short waits make duplicates
 * @param quit for the reply to QUIT, to which nothing is lost
 */
public record ClientTimeouts(
        Duration connect,
        Duration greeting,
        Duration handshake,
        Duration command,
        Duration data,
        Duration block,
        Duration finalDot,
        Duration quit) {
    private static final Duration MAX = Duration.ofDays(1);

    /** Checks the ranges. */
    public ClientTimeouts {
        check(connect);
        check(greeting);
        check(handshake);
        check(command);
        check(data);
        check(block);
        check(finalDot);
        check(quit);
    }

    private static void check(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("Give a timeout above zero and up to a day.");
        }
    }

    /**
     * The values of RFC 5321 §4.5.3.2; 30 seconds to connect, a minute for a handshake and 2
     * seconds for QUIT.
     */
    public static ClientTimeouts defaults() {
        return new ClientTimeouts(
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                Duration.ofMinutes(10),
                Duration.ofSeconds(2));
    }

    /** The same wait for everything. */
    public static ClientTimeouts all(Duration timeout) {
        return new ClientTimeouts(
                timeout, timeout, timeout, timeout, timeout, timeout, timeout, timeout);
    }

    /** The same timeouts with another for the connection. */
    public ClientTimeouts withConnect(Duration timeout) {
        return new ClientTimeouts(
                timeout, greeting, handshake, command, data, block, finalDot, quit);
    }

    /** The same timeouts with another for the greeting. */
    public ClientTimeouts withGreeting(Duration timeout) {
        return new ClientTimeouts(
                connect, timeout, handshake, command, data, block, finalDot, quit);
    }

    /** The same timeouts with another for a TLS handshake. */
    public ClientTimeouts withHandshake(Duration timeout) {
        return new ClientTimeouts(connect, greeting, timeout, command, data, block, finalDot, quit);
    }

    /** The same timeouts with another for EHLO, HELO, MAIL, RCPT and RSET. */
    public ClientTimeouts withCommand(Duration timeout) {
        return new ClientTimeouts(
                connect, greeting, handshake, timeout, data, block, finalDot, quit);
    }

    /** The same timeouts with another for DATA. */
    public ClientTimeouts withData(Duration timeout) {
        return new ClientTimeouts(
                connect, greeting, handshake, command, timeout, block, finalDot, quit);
    }

    /** The same timeouts with another for a block of 16 KiB. */
    public ClientTimeouts withBlock(Duration timeout) {
        return new ClientTimeouts(
                connect, greeting, handshake, command, data, timeout, finalDot, quit);
    }

    /** The same timeouts with another for the end of the message. */
    public ClientTimeouts withFinalDot(Duration timeout) {
        return new ClientTimeouts(
                connect, greeting, handshake, command, data, block, timeout, quit);
    }

    /** The same timeouts with another for QUIT. */
    public ClientTimeouts withQuit(Duration timeout) {
        return new ClientTimeouts(
                connect, greeting, handshake, command, data, block, finalDot, timeout);
    }
}
