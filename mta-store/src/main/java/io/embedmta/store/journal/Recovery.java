package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.store.journal.StateRecord.RecipientState;
import io.embedmta.store.journal.StateRecord.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a spool holds, whatever state a crash or a bad disk left it in. Every frame that
 * is whole counts; what is not is copied aside and named. Only then is the end of a segment cut,
 * and a large content deleted that no message names. For one thread.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private static final int REWRITTEN_AT_ONCE = 256 << 10;

    private final SpoolDisk disk;
    private final MailIndex index;
    private final Set<String> names;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, Track> tracks = new LinkedHashMap<>();
    private final Map<Destination, Destination> lines = new HashMap<>();
    private long salt;
    private long lastSegment;
    private long lastMessage;
    private long lastFile;

    /**
     * What a journal goes on from.
     *
     * @param segments oldest first
     * @param lastSegment no new segment may have this number or a lower one, and so on
     */
    record Result(
            long salt, List<Segment> segments, long lastSegment, long lastMessage, long lastFile) {}

    /** What the records say of one message so far. */
    private static final class Track {
        final JournalMail mail;
        final Destination[] lines;
        final Instant arrival;
        final @Nullable Kept[] recipients;
        boolean damaged;

        Track(JournalMail mail, Destination[] lines, Instant arrival) {
            this.mail = mail;
            this.arrival = arrival;
            this.lines = lines;
            this.recipients = new Kept[lines.length];
        }

        boolean isOver() {
            for (Kept kept : recipients) {
                if (kept == null || kept.waiting != null) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The last state of a recipient.
     *
     * @param waiting null if it has ended
     * @param replySegment where its last reply is, if it has one
     */
    private record Kept(
            @Nullable Waiting waiting, @Nullable Segment replySegment, int replyOffset) {
        static final Kept ENDED = new Kept(null, null, 0);
    }

    private Recovery(SpoolDisk disk, MailIndex index) throws IOException {
        this.disk = disk;
        this.index = index;
        this.names = new HashSet<>(disk.list());
    }

    /**
     * Reads a spool into an index; makes the spool if there is none.
     *
     * @throws IOException if it cannot be read, or is of another format
     */
    static Result of(SpoolDisk disk, RandomGenerator random, MailIndex index) throws IOException {
        return new Recovery(disk, index).run(random);
    }

    private Result run(RandomGenerator random) throws IOException {
        boolean whole = false;
        try {
            List<Long> numbers =
                    names.stream().map(Segment::numberOf).filter(n -> n >= 0).sorted().toList();
            salt = salt(numbers, random);
            // No new segment takes the number of one that is gone but for what is aside.
            names.forEach(
                    name -> lastSegment = Math.max(lastSegment, SpoolNames.segmentOfDamaged(name)));
            for (int i = 0; i < numbers.size(); i++) {
                read(numbers.get(i), i == numbers.size() - 1);
            }
            restore();
            whole = true;
            return new Result(salt, segments, lastSegment, lastMessage, lastFile);
        } finally {
            if (!whole) {
                segments.forEach(Segment::release);
            }
        }
    }

    /** The salt of the spool; each segment has it too. */
    private long salt(List<Long> numbers, RandomGenerator random) throws IOException {
        Optional<SpoolHeader> header = Optional.empty();
        if (names.contains(SpoolNames.SPOOL)) {
            header = header(SpoolNames.SPOOL);
            if (header.isEmpty()) {
                disk.rename(SpoolNames.SPOOL, SpoolNames.damaged(SpoolNames.SPOOL));
            }
        }
        if (header.isPresent()) {
            return header.get().salt();
        }
        for (long number : numbers) {
            header = header(Segment.name(number));
            if (header.isPresent()) {
                LOG.error("The file that names the spool was damaged or gone; it is written anew");
                create(header.get().salt());
                return header.get().salt();
            }
        }
        if (!numbers.isEmpty()) {
            throw new IOException(
                    "No file of the spool has a header that can be read; restore one of them, or"
                            + " move the files away to begin anew.");
        }
        long fresh = random.nextLong();
        create(fresh);
        return fresh;
    }

    private Optional<SpoolHeader> header(String name) throws IOException {
        try (SpoolFile file = disk.open(name)) {
            return SpoolHeader.read(file, name);
        }
    }

    private void create(long newSalt) throws IOException {
        disk.delete(SpoolNames.unfinished(SpoolNames.SPOOL));
        try (SpoolFile file = disk.create(SpoolNames.unfinished(SpoolNames.SPOOL))) {
            file.write(SpoolHeader.of(0, newSalt).octets(), 0);
            file.sync();
        }
        disk.rename(SpoolNames.unfinished(SpoolNames.SPOOL), SpoolNames.SPOOL);
        disk.syncDirectory();
    }

    private void read(long number, boolean newest) throws IOException {
        lastSegment = Math.max(lastSegment, number);
        String name = Segment.name(number);
        SpoolFile file = disk.open(name);
        Segment segment = new Segment(number, file, (int) file.size());
        segments.add(segment);
        if (SpoolHeader.read(file, name).isEmpty()) {
            LOG.error("The header of {} is damaged; its frames are read nevertheless", name);
        }
        FrameScanner scanner = new FrameScanner(file, file.size(), salt);
        SegmentReader reader = new SegmentReader(segment, scanner);
        int end = scanner.scan(reader);
        reader.finish(newest);
        cut(segment, scanner, end);
        if (newest) {
            makeDurable(segment, reader.lastBatch);
        }
    }

    /**
     * A process that died may have left a batch that is written, but not synced. What it says is
     * acted upon from now on, so it must not vanish again. It is written once more, since after a
     * failed sync a page may be taken for clean that has never reached the disk.
     */
    private static void makeDurable(Segment segment, int lastBatch) throws IOException {
        SpoolFile file = segment.file();
        ByteBuffer buffer = ByteBuffer.allocate(REWRITTEN_AT_ONCE);
        for (long at = lastBatch; at < segment.end(); at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(REWRITTEN_AT_ONCE, segment.end() - at));
            file.readFully(buffer, at);
            file.write(buffer.flip(), at);
        }
        file.sync();
    }

    /** Takes in the frames of one segment. */
    private final class SegmentReader implements FrameScanner.Visitor {
        private final Segment segment;
        private final FrameScanner scanner;

        /** Frames with damaged content that no later frame has shown to be durable. */
        private final List<FrameScanner.Scanned> doubtful = new ArrayList<>();

        /** Where the last batch begins; all before it is durable. */
        private int lastBatch = SpoolHeader.LENGTH;

        SegmentReader(Segment segment, FrameScanner scanner) {
            this.segment = segment;
            this.scanner = scanner;
        }

        @Override
        public void frame(FrameScanner.Scanned frame) {
            lastBatch = frame.batchStart();
            while (!doubtful.isEmpty() && doubtful.get(0).offset() < frame.batchStart()) {
                take(segment, doubtful.remove(0));
            }
            if (frame.intact()) {
                take(segment, frame);
            } else {
                doubtful.add(frame);
            }
        }

        @Override
        public void gap(long from, long to) throws IOException {
            if (!scanner.isBlank(from, to)) {
                moveAside(segment, from, to);
            }
        }

        /**
         * What nothing shows to be durable was being written when the machine stopped: nobody was
         * promised anything yet. It is taken out, since this segment is not the newest for long.
         */
        void finish(boolean newest) throws IOException {
            for (FrameScanner.Scanned damaged : doubtful) {
                if (newest) {
                    moveAside(segment, damaged.offset(), damaged.end());
                    blank(segment, damaged.offset(), damaged.end());
                } else {
                    take(segment, damaged);
                }
            }
        }
    }

    private void take(Segment segment, FrameScanner.Scanned frame) {
        for (MessageRecord message : frame.records().messages()) {
            lastMessage = Math.max(lastMessage, message.number());
            lastFile = Math.max(lastFile, message.content().file());
            JournalMail mail = new JournalMail(message, segment, frame.offset(), frame.contentAt());
            Track track =
                    new Track(
                            mail, shared(message.mail().destinations()), message.mail().arrival());
            track.damaged = !frame.intact();
            tracks.put(message.number(), track);
        }
        for (StateRecord state : frame.records().states()) {
            lastMessage = Math.max(lastMessage, state.number());
            Track track = tracks.get(state.number());
            if (track != null) {
                state.recipients().forEach(recipient -> follow(track, recipient, segment, frame));
                if (track.isOver()) {
                    tracks.remove(state.number());
                }
            }
        }
    }

    /** One object for each destination, as most messages go to few. */
    private Destination[] shared(List<Destination> destinations) {
        Destination[] shared = new Destination[destinations.size()];
        for (int i = 0; i < shared.length; i++) {
            shared[i] = lines.computeIfAbsent(destinations.get(i), line -> line);
        }
        return shared;
    }

    private static void follow(
            Track track, RecipientState state, Segment segment, FrameScanner.Scanned frame) {
        if (state.index() < 0 || state.index() >= track.recipients.length) {
            LOG.error("A record of message {} names no recipient of it", track.mail.number);
            return;
        }
        Kept before = track.recipients[state.index()];
        Kept now = Kept.ENDED;
        if (state instanceof Waiting waiting) {
            if (waiting.reply() != null) {
                now = new Kept(waiting.withReply(null), segment, frame.offset());
            } else if (before != null) {
                now = new Kept(waiting, before.replySegment, before.replyOffset);
            } else {
                now = new Kept(waiting, null, 0);
            }
        }
        track.recipients[state.index()] = now;
    }

    private void cut(Segment segment, FrameScanner scanner, int end) throws IOException {
        long size = segment.file().size();
        segment.end(end);
        if (size <= end) {
            return;
        }
        if (!scanner.isBlank(end, size)) {
            moveAside(segment, end, size);
        }
        segment.file().truncate(end);
    }

    private static void blank(Segment segment, int from, int to) throws IOException {
        segment.file().write(ByteBuffer.allocate(to - from), from);
    }

    private void moveAside(Segment segment, long from, long to) throws IOException {
        String name = SpoolNames.damaged(segment.number, from);
        LOG.error(
                "{} is damaged from {} to {}: no frame can be read there; the octets are in {}",
                segment.name(),
                from,
                to,
                name);
        Aside.copy(disk, segment.file(), from, to, name);
    }

    /** Puts all that is not over into the index. */
    private void restore() throws IOException {
        Set<Long> files = new HashSet<>();
        Iterator<Track> each = tracks.values().iterator();
        while (each.hasNext()) {
            Track track = each.next();
            each.remove();
            Map<Piece, Destination> pieces = pieces(track);
            JournalMail mail = track.mail;
            mail.pending = pieces.keySet().stream().mapToInt(Piece::size).sum();
            if (track.damaged || (mail.isLarge() && !isThere(mail))) {
                nameDamaged(mail);
            }
            files.add(mail.file);
            index.restore(mail, pieces);
        }
        deleteOrphans(files);
    }

    /**
     * Recipients of one line that are due at the same time come back together, if their last
     * replies are in one place.
     */
    private static Map<Piece, Destination> pieces(Track track) {
        Map<List<Object>, List<Integer>> together = new LinkedHashMap<>();
        for (int i = 0; i < track.lines.length; i++) {
            Kept kept = track.recipients[i];
            if (kept == null || kept.waiting != null) {
                together.computeIfAbsent(kind(track.lines[i], kept), kind -> new ArrayList<>())
                        .add(i);
            }
        }
        Map<Piece, Destination> pieces = new LinkedHashMap<>();
        together.values()
                .forEach(places -> pieces.put(piece(track, places), track.lines[places.get(0)]));
        return pieces;
    }

    private static List<Object> kind(Destination line, @Nullable Kept kept) {
        Waiting waiting = kept == null ? null : kept.waiting;
        return kept == null || waiting == null
                ? List.of(line)
                : List.of(
                        line,
                        waiting.due(),
                        waiting.held(),
                        Optional.ofNullable(waiting.order()),
                        Optional.ofNullable(kept.replySegment),
                        kept.replyOffset);
    }

    private static Piece piece(Track track, List<Integer> places) {
        int[] recipients = new int[2 * places.size()];
        for (int i = 0; i < places.size(); i++) {
            recipients[2 * i] = places.get(i);
            Kept kept = track.recipients[places.get(i)];
            if (kept != null && kept.waiting != null) {
                recipients[2 * i + 1] =
                        Piece.attemptsAndTold(kept.waiting.attempts(), kept.waiting.delayTold());
            }
        }
        Kept kept = track.recipients[places.get(0)];
        Waiting waiting = kept == null ? null : kept.waiting;
        if (kept == null || waiting == null) {
            return new Piece(track.mail, track.arrival, recipients);
        }
        Piece piece = new Piece(track.mail, waiting.due(), recipients);
        piece.held = waiting.held();
        piece.order = waiting.order();
        piece.replySegment = kept.replySegment;
        piece.replyOffset = kept.replyOffset;
        return piece;
    }

    private boolean isThere(JournalMail mail) throws IOException {
        String name = SpoolNames.large(mail.file);
        if (!names.contains(name)) {
            return false;
        }
        try (SpoolFile file = disk.open(name)) {
            return file.size() == recordOf(mail).content().length();
        }
    }

    /**
     * It stays in the queue, since its sender is to hear of it: what cannot be read is tried again,
     * and at last bounced.
     */
    private void nameDamaged(JournalMail mail) throws IOException {
        MessageRecord record = recordOf(mail);
        LOG.error(
                "{}: the content of the message from <{}> to {} is damaged or gone",
                record.id(),
                record.mail().envelope().from(),
                record.mail().envelope().recipients());
    }

    private MessageRecord recordOf(JournalMail mail) throws IOException {
        return new FrameReader(salt).records(mail.segment, mail.offset).message(mail.number);
    }

    /**
     * Deletes contents of messages that were never committed, or are over. What the last process
     * did to names is made durable as well: its deletion of a segment must not come undone after
     * the next one's.
     */
    private void deleteOrphans(Set<Long> files) throws IOException {
        for (String name : names) {
            long number = SpoolNames.numberOfLarge(name);
            lastFile = Math.max(lastFile, number);
            if (number >= 0 && !files.contains(number)) {
                disk.delete(name);
            }
        }
        disk.syncDirectory();
    }
}
