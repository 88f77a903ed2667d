package io.embedmta.store.journal;

import org.jspecify.annotations.Nullable;

/**
 * What the heap holds of a message that is not over: some 150 octets with its one {@link Piece} and
 * its place in the index. The queue's lock guards all that changes.
 */
final class JournalMail {
    final long number;

    /** The file of its content, or {@link ContentPlace#INLINE}. */
    final long file;

    /** To find a message by its id or its sender without reading most of the others. */
    final int idHash;

    final int fromHash;

    /** Where its record is; its content, if inline, is in the same segment. */
    Segment segment;

    int offset;
    int contentAt;

    /** About what it takes of the segment; only compaction goes by it. */
    final int octets;

    /** The others of the same segment. */
    @Nullable JournalMail next;

    @Nullable JournalMail previous;

    /** What waits or is under a lease. */
    @Nullable Piece pieces;

    /** Of the envelope. */
    final int recipients;

    /** Those that have not ended. */
    int pending;

    int openLeases;

    /** Whether a record about it is being written, so that nobody else may write one. */
    boolean busy;

    /**
     * @param offset of the frame in the segment
     * @param contentPart where the contents of the frame begin in the segment
     */
    JournalMail(MessageRecord record, Segment segment, int offset, int contentPart) {
        this.number = record.number();
        this.file = record.content().file();
        this.idHash = record.id().hashCode();
        this.fromHash = record.mail().envelope().from().hashCode();
        this.recipients = record.mail().envelope().recipients().size();
        this.pending = recipients;
        this.segment = segment;
        this.offset = offset;
        this.contentAt = contentPart + record.content().offset();
        this.octets = record.octetsInJournal();
    }

    boolean isLarge() {
        return file != ContentPlace.INLINE;
    }

    /** Counts it among those that keep its segment. */
    void enterSegment() {
        next = segment.first;
        previous = null;
        if (next != null) {
            next.previous = this;
        }
        segment.first = this;
        segment.liveOctets += octets;
    }

    void leaveSegment() {
        if (previous != null) {
            previous.next = next;
        } else {
            segment.first = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        next = null;
        previous = null;
        segment.liveOctets -= octets;
    }

    /** Its record, its content and its last replies are in another frame now. */
    void moveTo(Journal.Place place, int recordsEnd, ContentPlace content) {
        leaveSegment();
        segment = place.segment();
        offset = place.offset();
        contentAt = offset + recordsEnd + content.offset();
        enterSegment();
        for (Piece piece = pieces; piece != null; piece = piece.next) {
            if (piece.replySegment != null) {
                piece.replySegment = segment;
                piece.replyOffset = offset;
            }
        }
    }

    void add(Piece piece) {
        piece.next = pieces;
        pieces = piece;
    }

    void remove(Piece piece) {
        if (pieces == piece) {
            pieces = piece.next;
            return;
        }
        for (Piece before = pieces; before != null; before = before.next) {
            if (before.next == piece) {
                before.next = piece.next;
                return;
            }
        }
    }
}
