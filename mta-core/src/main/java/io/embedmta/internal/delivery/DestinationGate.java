package io.embedmta.internal.delivery;

import io.embedmta.message.Destination;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.smtp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many deliveries may be under way, in all and to each destination, so that destinations that
 * do not answer leave room for those that do. Guarded by the scheduler's lock.
 *
 * <p>A destination begins with a window of a few deliveries. Each that is answered widens it by
 * one, up to the limit; each that is not halves it. At zero the destination pauses: what is due for
 * it meanwhile is put off without an attempt. So a long queue for a dead server is gone through at
 * once, not in days, a time-out for each message; and none of it expires late. After the pause the
 * destination begins again. What was learnt of it is forgotten when nothing is under way to it.
 */
final class DestinationGate {
    /** What Postfix grants a destination, too, before it has answered. */
    static final int FIRST_WINDOW = 5;

    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);

    private final int maxInAll;
    private final int maxPerDestination;
    private final Duration pauseLength;
    private final Map<Destination, Line> lines = new HashMap<>();
    private int inAll;

    /**
     * @param pauseLength shorter than any message waits for its next attempt, or that would not be
     *     made
     */
    DestinationGate(int maxInAll, int maxPerDestination, Duration pauseLength) {
        this.maxInAll = maxInAll;
        this.maxPerDestination = maxPerDestination;
        this.pauseLength = pauseLength;
    }

    /** Well below the shortest wait between attempts, so that the next one is made. */
    static Duration pauseWithin(RetrySchedule schedule) {
        Duration half = Duration.ofNanos(Collections.min(schedule.delays()).toNanos() / 2);
        return half.compareTo(MAX_PAUSE) < 0 ? half : MAX_PAUSE;
    }

    /** Deliveries to one destination. */
    private static final class Line {
        int underWay;
        int window;
        @Nullable Pause pause;

        Line(int window) {
            this.window = window;
        }
    }

    private record Pause(Reply reason, Instant until) {}

    boolean hasRoom() {
        return inAll < maxInAll;
    }

    boolean hasRoom(Destination destination, Instant now) {
        Line line = lines.get(destination);
        if (line == null) {
            return true;
        }
        endPause(line, now);
        // To put off takes no time, but a place in all.
        return line.underWay < (line.pause == null ? line.window : maxPerDestination);
    }

    /**
     * Counts one in.
     *
     * @return why it is to be put off without an attempt; empty if it is to be made
     */
    Optional<Reply> enter(Destination destination, Instant now) {
        Line line = lines.computeIfAbsent(destination, unknown -> new Line(firstWindow()));
        endPause(line, now);
        line.underWay++;
        inAll++;
        return Optional.ofNullable(line.pause).map(Pause::reason);
    }

    private int firstWindow() {
        return Math.min(FIRST_WINDOW, maxPerDestination);
    }

    private void endPause(Line line, Instant now) {
        if (line.pause != null && !now.isBefore(line.pause.until)) {
            line.pause = null;
            line.window = firstWindow();
        }
    }

    /** An attempt under way was answered, whatever the answer. */
    void answered(Destination destination) {
        Line line = lines.get(destination);
        if (line != null) {
            line.window = Math.min(line.window + 1, maxPerDestination);
            line.pause = null;
        }
    }

    /**
     * An attempt under way found no server that speaks to us.
     *
     * @param reason what it came to
     */
    void unanswered(Destination destination, Reply reason, Instant now) {
        Line line = lines.get(destination);
        if (line != null) {
            line.window /= 2;
            if (line.window == 0) {
                line.pause = new Pause(reason, now.plus(pauseLength));
            }
        }
    }

    /** Counts one out. */
    void leave(Destination destination) {
        inAll--;
        lines.computeIfPresent(
                destination,
                (key, line) -> --line.underWay > 0 || line.pause != null ? line : null);
    }

    /** Forgets the pauses that are over. Call it now and then: nobody may ask for them again. */
    void forgetPauses(Instant now) {
        lines.values().removeIf(line -> line.underWay == 0 && isOver(line.pause, now));
    }

    private static boolean isOver(@Nullable Pause pause, Instant now) {
        return pause == null || !now.isBefore(pause.until);
    }

    boolean isEmpty() {
        return inAll == 0;
    }
}
