package io.embedmta.internal.sasl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Grants attempts, or none, and remembers what came of those that it granted. */
final class RecordedAttempts implements Attempts {
    private final Duration wait;
    private final List<String> ended = new ArrayList<>();
    private int underWay;

    private RecordedAttempts(Duration wait) {
        this.wait = wait;
    }

    static RecordedAttempts granting() {
        return new RecordedAttempts(Duration.ZERO);
    }

    static RecordedAttempts refusing(Duration wait) {
        return new RecordedAttempts(wait);
    }

    @Override
    public Duration begin(String name) {
        underWay += wait.isZero() ? 1 : 0;
        return wait;
    }

    @Override
    public void end(String name, Step outcome) {
        underWay--;
        ended.add(name + ' ' + outcome.getClass().getSimpleName());
    }

    /** Name and outcome of each. */
    List<String> ended() {
        return ended;
    }

    /** Those that were granted and have not ended. */
    int underWay() {
        return underWay;
    }
}
