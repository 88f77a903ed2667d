package io.embedmta.store.journal;

import io.embedmta.message.Content;
import io.embedmta.message.Recipient;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.smtp.Reply;
import io.embedmta.store.journal.StateRecord.RecipientState;
import io.embedmta.store.journal.StateRecord.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the heap does not hold of messages in the queue. Thread-safe. */
final class MailReader {
    private static final Logger LOG = LoggerFactory.getLogger(MailReader.class);

    private final MailIndex index;
    private final FrameReader frames;
    private final SpoolDisk disk;

    MailReader(MailIndex index, FrameReader frames, SpoolDisk disk) {
        this.index = index;
        this.frames = frames;
        this.disk = disk;
    }

    /** The record of a message. */
    MessageRecord record(JournalMail mail) throws IOException {
        MailIndex.Found found = index.find(mail);
        try {
            return frames.records(found.segment(), found.offset()).message(mail.number);
        } finally {
            found.segment().release();
        }
    }

    /** The content of a message with its edits. */
    Content content(JournalMail mail, MessageRecord record) throws IOException {
        ContentPlace place = record.content();
        Content content =
                place.isInline()
                        ? new InlineContent(this, mail, place)
                        : new LargeContent(disk, place);
        return record.mail().edits().applyTo(content);
    }

    /** Reads from the start of an inline content as much as there is room for. */
    void octets(JournalMail mail, ByteBuffer target) throws IOException {
        MailIndex.Found found = index.find(mail);
        try {
            found.segment().file().readFully(target, found.contentAt());
        } finally {
            found.segment().release();
        }
    }

    /** The recipients of a piece of work, in its order. */
    List<PendingRecipient> pending(Piece piece, MessageRecord record) {
        Map<Integer, Reply> replies = replies(piece);
        List<PendingRecipient> pending = new ArrayList<>(piece.size());
        for (int i = 0; i < piece.size(); i++) {
            Recipient recipient = record.mail().envelope().recipients().get(piece.index(i));
            PendingRecipient one =
                    new PendingRecipient(recipient, piece.attempts(i), piece.delayTold(i));
            Reply reply = replies.get(piece.index(i));
            pending.add(reply == null ? one : one.withLastReply(reply));
        }
        return pending;
    }

    /**
     * The last replies, by place in the envelope. They are news, not a promise: none is as well.
     * Their frame may tell of recipients of other pieces, too, but not the last of those.
     */
    Map<Integer, Reply> replies(Piece piece) {
        Map<Integer, Reply> replies = new HashMap<>();
        try {
            Optional<MailIndex.Found> found = index.findReplies(piece);
            if (found.isPresent()) {
                Segment segment = found.get().segment();
                try {
                    readReplies(frames.records(segment, found.get().offset()), piece, replies);
                } finally {
                    segment.release();
                }
            }
        } catch (IOException e) {
            LOG.warn("The last replies about message {} cannot be read", piece.mail.number, e);
        }
        return replies;
    }

    private static void readReplies(Records records, Piece piece, Map<Integer, Reply> replies) {
        for (StateRecord state : records.states()) {
            if (state.number() != piece.mail.number) {
                continue;
            }
            for (RecipientState recipient : state.recipients()) {
                if (recipient instanceof Waiting waiting
                        && waiting.reply() != null
                        && piece.has(waiting.index())) {
                    replies.put(waiting.index(), waiting.reply());
                }
            }
        }
    }
}
