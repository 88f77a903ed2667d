package io.embedmta.queue;

import io.embedmta.message.QueueId;
import java.util.List;

/**
 * A message in a {@link MemoryQueue}. The counts are guarded by the queue's lock.
 *
 * <p>Its octets are freed when no recipient is pending and no lease is open: a lease that was lost
 * may still be reading when another one has settled the last recipient.
 */
final class MemoryMail {
    final QueueId id;
    final NewMail mail;
    final MemoryBody body;

    /** Recipients without an outcome. */
    int pending;

    int openLeases;

    MemoryMail(QueueId id, NewMail mail, MemoryBody body) {
        this.id = id;
        this.mail = mail;
        this.body = body;
        this.pending = mail.envelope().recipients().size();
    }

    boolean isOver() {
        return pending == 0 && openLeases == 0;
    }

    /** What one lease hands out: recipients at one destination that are due at one instant. */
    static final class Piece {
        final MemoryMail message;
        List<PendingRecipient> recipients;

        Piece(MemoryMail message, List<PendingRecipient> recipients) {
            this.message = message;
            this.recipients = recipients;
        }
    }
}
