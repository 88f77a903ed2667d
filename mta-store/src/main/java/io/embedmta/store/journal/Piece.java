package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.Order;
import io.embedmta.store.journal.JournalLease.Slot;
import io.embedmta.store.journal.StateRecord.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recipients of one message in one line that come back together. */
final class Piece {
    final JournalMail mail;

    /** For each recipient its place in the envelope, then twice its attempts, plus 1 if told. */
    int[] recipients;

    Instant due;

    /** Whether it is held, or is to be when its lease ends. */
    boolean held;

    /** What an operator has ordered; then it is due before everything else. */
    @Nullable Order order;

    /** The frame with the last replies, if there were any. */
    @Nullable Segment replySegment;

    int replyOffset;
    @Nullable Piece next;

    Piece(JournalMail mail, Instant due, int[] recipients) {
        this.mail = mail;
        this.due = due;
        this.recipients = recipients;
    }

    int size() {
        return recipients.length / 2;
    }

    int index(int at) {
        return recipients[2 * at];
    }

    /** Whether it holds the recipient at that place in the envelope. */
    boolean has(int index) {
        for (int i = 0; i < size(); i++) {
            if (index(i) == index) {
                return true;
            }
        }
        return false;
    }

    int attempts(int at) {
        return recipients[2 * at + 1] >>> 1;
    }

    boolean delayTold(int at) {
        return (recipients[2 * at + 1] & 1) != 0;
    }

    /** The whole state of a recipient, as a record says it; nothing new of its reply. */
    Waiting state(int at) {
        return state(at, new JournalControl.Plan(due, held, order));
    }

    /** The whole state of a recipient as it is to be. */
    Waiting state(int at, JournalControl.Plan plan) {
        return new Waiting(
                index(at),
                plan.due(),
                attempts(at),
                delayTold(at),
                plan.held(),
                plan.order(),
                null);
    }

    static int attemptsAndTold(int attempts, boolean delayTold) {
        return attempts << 1 | (delayTold ? 1 : 0);
    }

    /** The work of a new message, by line. */
    static Map<Destination, Piece> untried(JournalMail mail, NewMail message) {
        List<Destination> lines = message.destinations();
        if (lines.size() == 1) {
            return Map.of(lines.get(0), new Piece(mail, message.arrival(), new int[] {0, 0}));
        }
        Map<Destination, List<Integer>> indexes = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            indexes.computeIfAbsent(lines.get(i), line -> new ArrayList<>()).add(i);
        }
        Map<Destination, Piece> pieces = new LinkedHashMap<>();
        indexes.forEach(
                (line, places) ->
                        pieces.put(line, new Piece(mail, message.arrival(), unpacked(places))));
        return pieces;
    }

    private static int[] unpacked(List<Integer> places) {
        int[] recipients = new int[2 * places.size()];
        for (int i = 0; i < places.size(); i++) {
            recipients[2 * i] = places.get(i);
        }
        return recipients;
    }

    /** Work that is to be tried again. */
    static Piece again(JournalLease lease, Instant due, List<Slot> slots, Journal.Place place) {
        Piece before = lease.claim.work();
        Piece piece = new Piece(before.mail, lease.dueAgain(due), packed(slots));
        piece.held = before.held;
        piece.order = before.order;
        piece.replySegment = place.segment();
        piece.replyOffset = place.offset();
        return piece;
    }

    static int[] packed(List<Slot> slots) {
        int[] recipients = new int[2 * slots.size()];
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            recipients[2 * i] = slot.index();
            recipients[2 * i + 1] =
                    Piece.attemptsAndTold(slot.pending().attempts(), slot.pending().delayTold());
        }
        return recipients;
    }
}
