package io.embedmta.internal.session;

import io.embedmta.internal.sasl.ServerMechanism;
import io.embedmta.internal.sasl.Step;
import io.embedmta.internal.wire.WireInput.Line;
import io.embedmta.internal.wire.WireInput.LineEnd;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The challenges and responses of AUTH, in Base64 (RFC 4954 §4). */
final class AuthExchange {
    /** RFC 4954 §4: in octets, CRLF included. */
    static final int MAX_LINE = 12288;

    /** More than any mechanism of ours needs. */
    private static final int MAX_CHALLENGES = 8;

    /** The same for a wrong password and for an unknown user. */
    private static final Reply REJECTED =
            Reply.of(535, "5.7.8", "Authentication credentials invalid");

    private static final Reply CANCELLED = Reply.of(501, "5.7.0", "Authentication cancelled");
    private static final Reply NOT_BASE64 = Reply.of(501, "5.5.2", "That is not Base64");
    private static final Reply TOO_LONG = Reply.of(500, "5.5.6", "Authentication line too long");
    private static final Reply MALFORMED =
            Reply.of(501, "5.5.2", "That is not what the mechanism expects");
    private static final Reply UNAVAILABLE =
            Reply.of(454, "4.7.0", "Temporary authentication failure, try again later");

    private final Connection connection;
    private final SessionScript script;
    private final ServerMechanism mechanism;

    /**
     * How an exchange ended.
     *
     * @param step null if it was broken off
     * @param reply what the client is told, unless it was accepted or came too early
     */
    record Result(@Nullable Step step, Reply reply) {}

    private AuthExchange(Connection connection, SessionScript script, ServerMechanism mechanism) {
        this.connection = connection;
        this.script = script;
        this.mechanism = mechanism;
    }

    /**
     * Runs an exchange to its end, all of it within the time of a command.
     *
     * @param initial what stood behind the mechanism's name; empty if nothing
     */
    static Result run(Session session, ServerMechanism mechanism, String initial)
            throws IOException {
        Connection connection = session.connection();
        Duration limit = session.limits().commandTimeout();
        connection.allow(limit, limit);
        return new AuthExchange(connection, session.script(), mechanism).run(initial);
    }

    private Result run(String initial) throws IOException {
        Step step;
        if (initial.isEmpty()) {
            step = mechanism.begin();
        } else {
            // RFC 4954 §4: an equals sign stands for an initial response of no octets.
            byte[] response = initial.equals("=") ? new byte[0] : decode(initial);
            if (response == null) {
                return brokenOff(NOT_BASE64);
            }
            step = mechanism.respond(response);
        }
        for (int i = 0; i < MAX_CHALLENGES; i++) {
            if (!(step instanceof Step.Challenge challenge)) {
                return ended(step);
            }
            connection.say(
                    Reply.plain(334, Base64.getEncoder().encodeToString(challenge.octets())));
            Line line = connection.input().readLine(MAX_LINE);
            script.heard(HeardLine.SECRET);
            if (line.end() == LineEnd.TOO_LONG) {
                return brokenOff(TOO_LONG);
            }
            if (line.end() == LineEnd.BARE_LF) {
                return brokenOff(Replies.BARE_LINE_FEED);
            }
            if (line.text().equals("*")) {
                return brokenOff(CANCELLED);
            }
            byte[] response = line.end() == LineEnd.CRLF ? decode(line.text()) : null;
            if (response == null) {
                return brokenOff(NOT_BASE64);
            }
            step = mechanism.respond(response);
        }
        return brokenOff(MALFORMED);
    }

    private static Result ended(Step step) {
        if (step instanceof Step.Rejected) {
            return new Result(step, REJECTED);
        }
        return new Result(step, step instanceof Step.Unavailable ? UNAVAILABLE : MALFORMED);
    }

    private static Result brokenOff(Reply reply) {
        return new Result(null, reply);
    }

    /** Null if it is not Base64; an exception would quote it. */
    private static byte @Nullable [] decode(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
