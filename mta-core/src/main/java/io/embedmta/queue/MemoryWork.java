package io.embedmta.queue;

import io.embedmta.message.Destination;
import io.embedmta.queue.MemoryMail.Piece;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.queue.WorkIndex.Claim;
import io.embedmta.queue.WorkIndex.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where each piece of work of a {@link MemoryQueue} is: it waits in its line, is under a lease, or
 * is held. What an operator wants of leased work is noted on the piece, and done when it comes
 * back. Guarded by the queue's lock.
 */
final class MemoryWork {
    private final WorkIndex<Piece> index = new WorkIndex<>();
    private final List<Waiting<Piece>> held = new ArrayList<>();

    /** A piece as it was seen under the lock. */
    record Sighting(
            MemoryMail message,
            List<PendingRecipient> recipients,
            Destination destination,
            State state,
            Instant due) {

        QueuedRecipient show(PendingRecipient pending) {
            return switch (state) {
                case WAITING -> QueuedRecipient.waiting(pending, destination, due);
                case ACTIVE -> QueuedRecipient.active(pending, destination);
                case HELD -> QueuedRecipient.held(pending, destination);
                case ENDING -> QueuedRecipient.ending(pending, destination);
            };
        }
    }

    void add(Instant due, Piece piece) {
        index.add(piece.destination, due, piece);
    }

    Optional<Claim<Piece>> lease(LeaseRequest request) {
        Optional<Claim<Piece>> claim = index.lease(request);
        while (claim.isPresent() && claim.get().work().toBeHeld) {
            // Its lease ran out, so it has come back without a word.
            hold(claim.get());
            claim = index.lease(request);
        }
        return claim;
    }

    boolean holds(Claim<Piece> claim) {
        return index.holds(claim);
    }

    void extend(Claim<Piece> claim, Instant until) {
        index.extend(claim, until);
    }

    void finish(Claim<Piece> claim) {
        index.finish(claim);
    }

    Optional<Instant> nextDue() {
        return index.nextDue();
    }

    /** Takes back what a lease did not settle. */
    void giveBack(MemoryLease lease) {
        Piece piece = lease.claim.work();
        if (lease.wasOrderedMeanwhile()) {
            index.finish(lease.claim);
            add(Instant.EPOCH, piece);
        } else if (piece.toBeHeld) {
            hold(lease.claim);
        } else {
            index.release(lease.claim);
        }
    }

    private void hold(Claim<Piece> claim) {
        index.finish(claim);
        hold(new Waiting<>(claim.destination(), claim.due(), claim.work()));
    }

    private void hold(Waiting<Piece> work) {
        work.work().toBeHeld = false;
        held.add(work);
    }

    /** Takes back recipients of a lease that are to be tried again. */
    void again(MemoryLease lease, Instant at, List<PendingRecipient> recipients) {
        Piece from = lease.claim.work();
        Piece piece = new Piece(from.message, from.destination, List.copyOf(recipients));
        piece.order = from.order;
        if (lease.wasOrderedMeanwhile()) {
            add(Instant.EPOCH, piece);
        } else if (from.toBeHeld) {
            hold(new Waiting<>(from.destination, at, piece));
        } else {
            // An order that could not be carried out waits for its time like anything else.
            add(at, piece);
        }
    }

    int hold(Selection which) {
        Predicate<Piece> meant = piece -> piece.isIn(which) && piece.order == null;
        Set<MemoryMail> changed = new HashSet<>();
        for (Waiting<Piece> waiting : index.withdraw(meant)) {
            hold(waiting);
            changed.add(waiting.work().message);
        }
        for (Piece leased : leased(meant.and(piece -> !piece.toBeHeld))) {
            leased.toBeHeld = true;
            changed.add(leased.message);
        }
        return changed.size();
    }

    int release(Selection which) {
        Set<MemoryMail> changed = new HashSet<>();
        for (Waiting<Piece> waiting : withdrawHeld(piece -> piece.isIn(which))) {
            add(waiting.due(), waiting.work());
            changed.add(waiting.work().message);
        }
        for (Piece leased : leased(piece -> piece.isIn(which) && piece.toBeHeld)) {
            leased.toBeHeld = false;
            changed.add(leased.message);
        }
        return changed.size();
    }

    int retry(Selection which, Instant now) {
        Set<MemoryMail> changed = new HashSet<>();
        index.hasten(piece -> piece.isIn(which), now).forEach(piece -> changed.add(piece.message));
        return changed.size();
    }

    int order(Selection which, Order order) {
        Predicate<Piece> meant = piece -> piece.isIn(which) && piece.order != order;
        Set<MemoryMail> changed = new HashSet<>();
        List<Waiting<Piece>> idle = index.withdraw(meant);
        idle.addAll(withdrawHeld(meant));
        for (Waiting<Piece> waiting : idle) {
            waiting.work().order = order;
            add(Instant.EPOCH, waiting.work());
            changed.add(waiting.work().message);
        }
        for (Piece leased : leased(meant)) {
            leased.order = order;
            leased.toBeHeld = false;
            changed.add(leased.message);
        }
        return changed.size();
    }

    private List<Waiting<Piece>> withdrawHeld(Predicate<Piece> which) {
        List<Waiting<Piece>> found = new ArrayList<>();
        held.removeIf(waiting -> which.test(waiting.work()) && found.add(waiting));
        return found;
    }

    private List<Piece> leased(Predicate<Piece> which) {
        List<Piece> found = new ArrayList<>();
        index.forEach(
                (piece, destination, at, leased) -> {
                    if (leased && which.test(piece)) {
                        found.add(piece);
                    }
                });
        return found;
    }

    /** All that is meant, the pieces of a message one after the other, oldest message first. */
    List<Sighting> sightings(Selection which) {
        List<Sighting> seen = new ArrayList<>();
        index.forEach(
                (piece, destination, at, leased) -> {
                    if (piece.isIn(which)) {
                        seen.add(sighting(piece, at, leased ? State.ACTIVE : State.WAITING));
                    }
                });
        for (Waiting<Piece> waiting : held) {
            if (waiting.work().isIn(which)) {
                seen.add(sighting(waiting.work(), waiting.due(), State.HELD));
            }
        }
        seen.sort(
                Comparator.comparing((Sighting one) -> one.message.mail.arrival())
                        .thenComparing(one -> one.message.id.text()));
        return seen;
    }

    private static Sighting sighting(Piece piece, Instant due, State state) {
        return new Sighting(
                piece.message,
                piece.recipients,
                piece.destination,
                piece.order == null ? state : State.ENDING,
                due);
    }
}
