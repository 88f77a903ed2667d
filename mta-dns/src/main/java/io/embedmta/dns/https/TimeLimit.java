package io.embedmta.dns.https;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An instant of {@link System#nanoTime} by which all of an exchange ends. */
record TimeLimit(long nanos) {

    static TimeLimit in(Duration duration) {
        return new TimeLimit(System.nanoTime() + duration.toNanos());
    }

    /** The sooner of this and the end of what is left here, shared among so many. */
    TimeLimit share(int among) {
        long now = System.nanoTime();
        return new TimeLimit(now + Math.max(0, nanos - now) / among);
    }

    /**
     * What is left, one at least, as a selector takes zero for ever.
     *
     * @throws SocketTimeoutException if nothing is left
     */
    long millisLeft() throws SocketTimeoutException {
        long left = nanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("the time is over");
        }
        return TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }
}
