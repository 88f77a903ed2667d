package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message in a {@link MemoryQueue}. The counts are guarded by the queue's lock.
 *
 * <p>Its octets are freed when no recipient is pending and nobody reads: a lease that was lost may
 * do so still when another one has settled the last recipient.
 */
final class MemoryMail {
    final QueueId id;
    final NewMail mail;
    final MemoryBody body;

    /** Recipients without an outcome. */
    int pending;

    /** Open leases, and lists that look at its size. */
    int readers;

    MemoryMail(QueueId id, NewMail mail, MemoryBody body) {
        this.id = id;
        this.mail = mail;
        this.body = body;
        this.pending = mail.envelope().recipients().size();
    }

    /** The work that it makes: one piece for each destination. */
    List<Piece> pieces() {
        List<Recipient> recipients = mail.envelope().recipients();
        if (recipients.size() == 1) {
            return List.of(piece(mail.destinations().get(0), recipients));
        }
        Map<Destination, List<Recipient>> lines = new LinkedHashMap<>();
        for (int i = 0; i < recipients.size(); i++) {
            lines.computeIfAbsent(mail.destinations().get(i), destination -> new ArrayList<>())
                    .add(recipients.get(i));
        }
        List<Piece> pieces = new ArrayList<>(lines.size());
        lines.forEach((destination, some) -> pieces.add(piece(destination, some)));
        return pieces;
    }

    private Piece piece(Destination destination, List<Recipient> recipients) {
        return new Piece(
                this, destination, recipients.stream().map(PendingRecipient::untried).toList());
    }

    /** As the next hop sees it. */
    Content content() throws IOException {
        return mail.edits().applyTo(body.content());
    }

    boolean isOver() {
        return pending == 0 && readers == 0;
    }

    /** What one lease hands out: recipients at one destination that are due at one instant. */
    static final class Piece {
        final MemoryMail message;
        final Destination destination;
        List<PendingRecipient> recipients;

        /** What an operator wants; nobody makes an attempt then. */
        @Nullable Order order;

        /** While it is leased and without an order: an operator wants it held. */
        boolean toBeHeld;

        Piece(MemoryMail message, Destination destination, List<PendingRecipient> recipients) {
            this.message = message;
            this.destination = destination;
            this.recipients = recipients;
        }

        boolean isIn(Selection selection) {
            return selection.includes(message.id, message.mail.envelope().from(), destination);
        }
    }
}
