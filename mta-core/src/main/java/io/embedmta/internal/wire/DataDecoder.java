package io.embedmta.internal.wire;

import java.io.IOException;

/**
 * Reads a message sent with DATA: up to CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4), with the
 * dot taken off each line that begins with one (§4.5.2).
 *
 * <p>Only a true CRLF begins a line here. A bare CR or LF is passed on as it is, for {@link
 * LineEnds} to judge: it neither ends the message nor starts a line, so a sender and this server
 * can never disagree on where a message ends. For one message.
 */
public final class DataDecoder {
    private static final byte[] CR = {'\r'};

    /** What has been read of {@code CRLF "." CRLF}. */
    private enum State {
        TEXT,
        CR,
        LINE_START,
        DOT,
        DOT_CR,
        END
    }

    private final BodySink sink;

    /** The CRLF of the DATA command counts as the one before an empty message's dot. */
    private State state = State.LINE_START;

    private DataDecoder(BodySink sink) {
        this.sink = sink;
    }

    /**
     * Reads to the end of the message.
     *
     * @throws IOException if the peer goes away or its time is up before the end
     */
    public static void decode(WireInput in, BodySink sink) throws IOException {
        in.expectMessage();
        DataDecoder decoder = new DataDecoder(sink);
        while (decoder.state != State.END) {
            in.await();
            in.advanceTo(decoder.take(in.buffer(), in.position(), in.limit()));
        }
    }

    /** Takes octets; returns where the message ends, or the limit. */
    private int take(byte[] octets, int from, int limit) {
        int at = from;
        while (at < limit && state != State.END) {
            at = step(octets, at, limit);
        }
        return at;
    }

    /** Takes the next octet, or a run of text; returns where the next step begins. */
    private int step(byte[] octets, int at, int limit) {
        byte octet = octets[at];
        return switch (state) {
            case LINE_START -> on(octet, '.', State.DOT, at);
            // The dot was either the end or stuffing; in neither case content.
            case DOT -> on(octet, '\r', State.DOT_CR, at);
            case DOT_CR -> {
                if (octet != '\n') {
                    sink.write(CR, 0, 1);
                }
                yield on(octet, '\n', State.END, at);
            }
            case CR -> {
                // The CR is passed on already; a LF makes it a line end.
                if (octet == '\n') {
                    sink.write(octets, at, 1);
                }
                yield on(octet, '\n', State.LINE_START, at);
            }
            case TEXT, END -> takeText(octets, at, limit);
        };
    }

    /**
     * Takes the octet if it is the one awaited; all else is text, and stays to be taken as such.
     */
    private int on(byte octet, char awaited, State then, int at) {
        state = octet == awaited ? then : State.TEXT;
        return octet == awaited ? at + 1 : at;
    }

    private int takeText(byte[] octets, int at, int limit) {
        int end = runOfText(octets, at, limit);
        sink.write(octets, at, end - at);
        state = stateAfter(octets, at, end, limit);
        return end;
    }

    /**
     * The end of the longest run that can be passed on as it is: up to and including the CRLF
     * before a dot, or the end of the buffer.
     */
    private static int runOfText(byte[] octets, int from, int limit) {
        int lineFeed = Octets.indexOfLf(octets, from, limit);
        while (lineFeed < limit) {
            int next = lineFeed + 1;
            boolean endsLine = lineFeed > from && octets[lineFeed - 1] == '\r';
            if (endsLine && (next == limit || octets[next] == '.')) {
                return next;
            }
            lineFeed = Octets.indexOfLf(octets, next, limit);
        }
        return limit;
    }

    private static State stateAfter(byte[] octets, int from, int end, int limit) {
        byte last = octets[end - 1];
        if (last == '\n' && end - from >= 2 && octets[end - 2] == '\r') {
            return State.LINE_START;
        }
        return last == '\r' && end == limit ? State.CR : State.TEXT;
    }
}
