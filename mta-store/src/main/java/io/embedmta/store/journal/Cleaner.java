package io.embedmta.store.journal;

import io.embedmta.smtp.Reply;
import io.embedmta.store.journal.StateRecord.RecipientState;
import io.embedmta.store.journal.StateRecord.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what is over, on one thread of its own: contents of large messages, and segments,
 * oldest first. Where a few old messages keep much that is over, it moves them to the end of the
 * journal, so that the disk holds at most twice what is queued, and two segments more.
 */
final class Cleaner {
    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    /** What one frame of moved messages holds, about. */
    private static final int MOVED_AT_ONCE = 256 << 10;

    private final Spool spool;
    private final MailIndex index;
    private final MailReader reader;
    private final Thread thread = new Thread(this::run, "mta-journal-cleaner");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<Long> files = new ArrayDeque<>();
    private boolean dirty = true;
    private boolean closing;

    Cleaner(Spool spool, MailIndex index, MailReader reader) {
        this.spool = spool;
        this.index = index;
        this.reader = reader;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Told when no record names a large content any more, and nobody reads it. */
    void fileIsOver(long file) {
        wake(() -> files.add(file));
    }

    /** Told when a segment may be over, or there is one more. */
    void segmentsChanged() {
        wake(() -> dirty = true);
    }

    /** Ends the thread; what is left to do is done when the spool is opened again. */
    void close() {
        wake(() -> closing = true);
        Journal.joinUninterruptibly(thread);
    }

    private void wake(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<Long> over = new ArrayList<>();
        while (await(over)) {
            try {
                deleteFiles(over);
                while (dropOldest() || compactOldest()) {
                    if (isClosing()) {
                        return;
                    }
                }
            } catch (IOException | RuntimeException | Error e) {
                // The next change tries again; a journal that has failed says so itself.
                LOG.warn("The spool could not be cleaned up", e);
            }
            over.clear();
        }
    }

    private boolean await(List<Long> over) {
        lock.lock();
        try {
            while (files.isEmpty() && !dirty && !closing) {
                changed.awaitUninterruptibly();
            }
            over.addAll(files);
            files.clear();
            dirty = false;
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void deleteFiles(List<Long> over) throws IOException {
        if (!over.isEmpty()) {
            over.forEach(spool::deleteLarge);
            spool.health().syncDirectory();
        }
    }

    /**
     * Outcomes stand behind their messages, so a segment may go only when no older one is left:
     * each deletion is durable before the next.
     */
    private boolean dropOldest() throws IOException {
        List<Segment> segments = spool.journal().segments();
        if (segments.isEmpty()
                || spool.journal().isCurrent(segments.get(0))
                || !index.isOver(segments.get(0))) {
            return false;
        }
        Segment oldest = segments.get(0);
        spool.disk().delete(oldest.name());
        spool.health().syncDirectory();
        spool.journal().drop(oldest);
        oldest.release();
        return true;
    }

    /** Moves what is left of the oldest segment to the end, if enough is over. */
    private boolean compactOldest() throws IOException {
        List<Segment> segments = spool.journal().segments();
        if (segments.size() < 2 || !isWasteful(segments)) {
            return false;
        }
        Segment oldest = segments.get(0);
        if (spool.journal().isCurrent(oldest)) {
            return false;
        }
        boolean moving = true;
        while (moving && !isClosing()) {
            List<MailIndex.Moving> some = index.seizeSome(oldest, MOVED_AT_ONCE);
            moving = !some.isEmpty() && move(some);
        }
        return index.isOver(oldest);
    }

    private boolean isWasteful(List<Segment> segments) {
        long all = segments.stream().mapToLong(Segment::end).sum();
        long live = index.liveOctets(segments);
        return all - live > Math.max(live, 2L * spool.limits().segmentSize());
    }

    /**
     * Writes messages once more, with all they have come to, in one frame.
     *
     * @return whether there was one to write
     */
    private boolean move(List<MailIndex.Moving> some) throws IOException {
        Map<MailIndex.Moving, MessageRecord> moved = new LinkedHashMap<>();
        Set<JournalMail> lost = new HashSet<>();
        Frame frame = new Frame();
        Journal.@Nullable Place place = null;
        try {
            for (MailIndex.Moving moving : some) {
                addTo(frame, moving, moved, lost);
            }
            if (!moved.isEmpty()) {
                place = spool.journal().append(frame);
            }
        } finally {
            index.moved(some, moved, lost, place, frame.recordsEnd());
            if (place != null) {
                place.counted();
            }
        }
        return place != null;
    }

    private void addTo(
            Frame frame,
            MailIndex.Moving moving,
            Map<MailIndex.Moving, MessageRecord> moved,
            Set<JournalMail> lost)
            throws IOException {
        JournalMail mail = moving.mail();
        MessageRecord record;
        try {
            record = reader.record(mail);
        } catch (IOException e) {
            spool.journal().refuseIfOver();
            moveAside(mail, e);
            lost.add(mail);
            return;
        }
        MessageRecord there = record.withContent(record.content().movedTo(frame.contentLength()));
        frame.add(there, inline(mail, record.content()));
        frame.add(new StateRecord(mail.number, withReplies(moving)));
        moved.put(moving, there);
    }

    /** The octets as they are: if they are damaged, the checksum tells who reads them. */
    private List<ByteBuffer> inline(JournalMail mail, ContentPlace content) throws IOException {
        if (!content.isInline()) {
            return List.of();
        }
        ByteBuffer octets = ByteBuffer.allocate((int) content.length());
        reader.octets(mail, octets);
        return List.of(octets.clear());
    }

    /** With the old segment may go the frames that hold the last replies. */
    private List<RecipientState> withReplies(MailIndex.Moving moving) {
        Map<Integer, Reply> replies = new HashMap<>();
        moving.pieces().forEach(piece -> replies.putAll(reader.replies(piece)));
        List<RecipientState> states = new ArrayList<>();
        for (RecipientState state : moving.states()) {
            states.add(
                    state instanceof Waiting waiting
                            ? waiting.withReply(replies.get(waiting.index()))
                            : state);
        }
        return states;
    }

    /** A record that cannot be read cannot be moved, and must not keep all that follows it. */
    private void moveAside(JournalMail mail, IOException cause) throws IOException {
        String name = SpoolNames.damaged(mail.segment.number, mail.offset);
        LOG.error(
                "Message {} cannot be read and is taken out of the queue; its octets are in {}",
                mail.number,
                name,
                cause);
        long end = Math.min(mail.segment.end(), (long) mail.offset + mail.octets);
        Aside.copy(spool.disk(), mail.segment.file(), mail.offset, end, name);
    }
}
