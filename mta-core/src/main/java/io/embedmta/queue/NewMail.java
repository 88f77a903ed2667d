package io.embedmta.queue;

import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /** Checks that each recipient has its destination, and that none is there twice. */
    public NewMail {
        destinations = List.copyOf(destinations);
        if (envelope.recipients().isEmpty()) {
            throw new IllegalArgumentException("Give the envelope a recipient.");
        }
        if (destinations.size() != envelope.recipients().size()) {
            throw new IllegalArgumentException("Give one destination for each recipient.");
        }
        // Outcomes are told by address: a second recipient of the same one would never get its own.
        if (destinations.size() > 1) {
            Set<MailAddress> seen = new HashSet<>();
            for (Recipient recipient : envelope.recipients()) {
                if (!seen.add(recipient.address())) {
                    throw new IllegalArgumentException("Give each address once.");
                }
            }
        }
    }
}
