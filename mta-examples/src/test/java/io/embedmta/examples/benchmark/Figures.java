package io.embedmta.examples.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was measured in many rounds, as its median and how far it spread. */
final class Figures {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
        Collections.sort(values);
    }

    double median() {
        int half = values.size() / 2;
        return values.size() % 2 == 1
                ? values.get(half)
                : (values.get(half - 1) + values.get(half)) / 2;
    }

    /** Such as {@code 120 (110-135)}: the median, the least and the most. */
    String text(int decimals) {
        String number = "%,." + decimals + "f";
        return String.format(
                number + " (" + number + "-" + number + ")",
                median(),
                values.get(0),
                values.get(values.size() - 1));
    }
}
