package io.embedmta.internal.sasl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Grants so many attempts, and remembers what came of them; then it is too early for more. */
final class RecordedAttempts implements Attempts {
    static final Step TOO_EARLY = new Step.TooEarly(Duration.ofSeconds(7));

    private final List<String> ended = new ArrayList<>();
    private int left;
    private int underWay;

    private RecordedAttempts(int left) {
        this.left = left;
    }

    static RecordedAttempts granting() {
        return granting(Integer.MAX_VALUE);
    }

    static RecordedAttempts granting(int count) {
        return new RecordedAttempts(count);
    }

    @Override
    public Optional<Step> begin(String name) {
        if (left == 0) {
            return Optional.of(TOO_EARLY);
        }
        left--;
        underWay++;
        return Optional.empty();
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
