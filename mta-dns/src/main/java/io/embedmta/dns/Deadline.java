package io.embedmta.dns;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An instant of {@link System#nanoTime} by which a wait ends: sockets wait in real time. */
record Deadline(long nanos) {

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** The sooner of this and the end of a wait that begins now. */
    Deadline within(Duration duration) {
        Deadline other = in(duration);
        return other.nanos - nanos < 0 ? other : this;
    }

    boolean passed() {
        return nanos - System.nanoTime() <= 0;
    }

    /**
     * What is left, as a socket time-out, which has no zero: that would be for ever.
     *
     * @throws SocketTimeoutException if nothing is left
     */
    int millisLeft() throws SocketTimeoutException {
        long left = nanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }
}
