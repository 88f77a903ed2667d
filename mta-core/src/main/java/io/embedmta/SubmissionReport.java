package io.embedmta;

import io.embedmta.message.QueueId;
import java.util.List;

/**
 * What finally became of a submission.
 *
 * @param queueId its name
 * @param outcomes one for each recipient, in the order of the envelope
 */
public record SubmissionReport(QueueId queueId, List<Outcome> outcomes) {

    /** Copies the outcomes. */
    public SubmissionReport {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether the message arrived everywhere, as far as we can know. */
    public boolean isSuccess() {
        return outcomes.stream().allMatch(Outcome::isSuccess);
    }
}
