package io.embedmta.queue;

import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import java.time.Instant;
import java.util.List;

/**
 * What the queue is told about a message when it is committed.
 *
 * @param envelope with one recipient or more, no address twice
 * @param destinations the line in which each recipient waits, in the order of the recipients
 * @param edits trace fields and filters' changes, to be applied whenever the content is read
 * @param arrival when it was accepted; it is due from then on
 */
public record NewMail(
        Envelope envelope, List<Destination> destinations, HeaderEdits edits, Instant arrival) {

    /** Checks that each recipient has its destination. */
    public NewMail {
        destinations = List.copyOf(destinations);
        if (envelope.recipients().isEmpty()) {
            throw new IllegalArgumentException("Give the envelope a recipient.");
        }
        if (destinations.size() != envelope.recipients().size()) {
            throw new IllegalArgumentException("Give one destination for each recipient.");
        }
    }
}
