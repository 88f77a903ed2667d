package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A lease of a {@link MemoryQueue}; the queue's lock guards whether it is over. */
final class MemoryLease implements Lease {
    final WorkIndex.Claim<MemoryMail.Piece> claim;
    final MemoryMail message;

    /** Set once, under the queue's lock: nothing is left to settle, or it was closed. */
    volatile boolean over;

    private final MemoryQueue queue;
    private final List<PendingRecipient> work;
    private final @Nullable Order order;
    private List<PendingRecipient> unsettled;

    MemoryLease(MemoryQueue queue, WorkIndex.Claim<MemoryMail.Piece> claim) {
        this.queue = queue;
        this.claim = claim;
        this.message = claim.work().message;
        this.work = claim.work().recipients;
        this.order = claim.work().order;
        this.unsettled = work;
    }

    @Override
    public QueueId id() {
        return message.id;
    }

    @Override
    public Destination destination() {
        return claim.destination();
    }

    @Override
    public Instant arrival() {
        return message.mail.arrival();
    }

    @Override
    public Envelope envelope() {
        Envelope whole = message.mail.envelope();
        // A piece keeps the order of the envelope, so one of the same size is the same.
        if (work.size() == whole.recipients().size()) {
            return whole;
        }
        List<Recipient> recipients = new ArrayList<>(work.size());
        work.forEach(pending -> recipients.add(pending.recipient()));
        return whole.withRecipients(recipients);
    }

    @Override
    public List<PendingRecipient> work() {
        return work;
    }

    @Override
    public Optional<Order> order() {
        return Optional.ofNullable(order);
    }

    /** Whether an operator has ordered something since this was handed out. Under the lock. */
    boolean wasOrderedMeanwhile() {
        return claim.work().order != order;
    }

    @Override
    public Content content() throws IOException {
        if (over) {
            throw new IllegalStateException("The lease is over; read before it is settled.");
        }
        return message.content();
    }

    @Override
    public void extend(Instant until) throws LeaseLostException {
        queue.extend(this, until);
    }

    @Override
    public MailWriter notice(QueueId id) throws IOException {
        if (over) {
            throw new IllegalStateException("The lease is over; tell of it before it is settled.");
        }
        return queue.beginNotice(this, id);
    }

    @Override
    public void settle(List<Settlement> settlements, List<Notice> notices) throws IOException {
        if (settlements.isEmpty()) {
            refuseNoticesOfNothing(notices);
            return;
        }
        Map<MemoryWriter, MemoryMail> told = complete(notices);
        Map<MailAddress, Settlement> given = Settlement.byRecipient(settlements);
        List<PendingRecipient> rest = new ArrayList<>(unsettled.size());
        Map<Instant, List<PendingRecipient>> again = new LinkedHashMap<>();
        int done = 0;
        for (PendingRecipient pending : unsettled) {
            Settlement settlement = given.remove(pending.recipient().address());
            if (settlement == null) {
                rest.add(pending);
            } else if (settlement instanceof Settlement.Retry retry) {
                again.computeIfAbsent(retry.at(), at -> new ArrayList<>())
                        .add(pending.after(retry));
            } else {
                done++;
            }
        }
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "Settle unsettled recipients of this lease only, not " + given.keySet() + ".");
        }
        queue.record(this, done, again, rest, told);
        unsettled = rest;
    }

    private static void refuseNoticesOfNothing(List<Notice> notices) {
        if (!notices.isEmpty()) {
            throw new IllegalArgumentException("Give the settlement that the notices tell of.");
        }
    }

    private Map<MemoryWriter, MemoryMail> complete(List<Notice> notices) throws IOException {
        Map<MemoryWriter, MemoryMail> messages = new LinkedHashMap<>();
        for (Notice notice : notices) {
            if (!(notice.writer() instanceof MemoryWriter writer)
                    || !writer.isOpenFor(this)
                    || messages.put(writer, writer.complete(notice.mail())) != null) {
                throw new IllegalArgumentException(
                        "Settle with open notices of this lease only, and with each once.");
            }
        }
        return messages;
    }

    @Override
    public void close() {
        queue.giveBack(this);
    }
}
