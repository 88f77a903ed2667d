package io.embedmta.store.journal;

import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseLostException;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.QueueControl;
import io.embedmta.queue.QueueFullException;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.Selection;
import io.embedmta.queue.WorkIndex;
import io.embedmta.store.journal.JournalLease.Settled;
import io.embedmta.store.journal.JournalLease.Slot;
import io.embedmta.store.journal.StateRecord.Ended;
import io.embedmta.store.journal.StateRecord.RecipientState;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable queue: a committed message survives the end of the process and of the machine, as far
 * as the disk keeps what it was told to sync (I1, I3). Messages and what becomes of them are
 * appended to a journal, and one sync makes all durable that wait for it at the same time. The heap
 * holds some 150 octets of each message, whatever its size (I5).
 *
 * <p>One queue at a time has a spool open. After a failed sync the queue refuses everything with an
 * {@link IOException} until it is closed and opened again. Thread-safe.
 */
public final class JournalQueue implements MailQueue, QueueControl {
    private static final Logger LOG = LoggerFactory.getLogger(JournalQueue.class);

    private final Spool spool;
    private final MailIndex index;
    private final MailReader reader;
    private final Cleaner cleaner;
    private final JournalControl control;
    private final Closeable owner;
    private volatile Runnable workAdded = () -> {};

    private JournalQueue(Spool spool, MailIndex index, MailReader reader, Closeable owner) {
        this.spool = spool;
        this.index = index;
        this.reader = reader;
        this.cleaner = new Cleaner(spool, index, reader);
        this.control = new JournalControl(index, reader, spool);
        this.owner = owner;
    }

    /**
     * Opens a spool with the {@linkplain JournalLimits#defaults() usual limits}; makes it if there
     * is none.
     *
     * @param directory for this queue alone, on a local disk
     * @throws IOException if another queue has it open, if it is of a format that this version does
     *     not know, or if it cannot be read or written; the sentence says which
     */
    public static JournalQueue open(Path directory) throws IOException {
        return open(directory, JournalLimits.defaults());
    }

    /**
     * Opens a spool; makes it if there is none.
     *
     * @param directory for this queue alone, on a local disk
     * @throws IOException if another queue has it open, if it is of a format that this version does
     *     not know, or if it cannot be read or written; the sentence says which
     */
    public static JournalQueue open(Path directory, JournalLimits limits) throws IOException {
        try {
            return openAlone(directory, limits);
        } catch (FileSystemException e) {
            throw new IOException("The spool " + directory + " cannot be opened: " + why(e), e);
        }
    }

    private static String why(FileSystemException cause) {
        if (cause instanceof AccessDeniedException) {
            return "this process may not read and write " + cause.getFile() + ".";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return cause.getFile() + " is no directory.";
        }
        return String.valueOf(cause.getMessage());
    }

    private static JournalQueue openAlone(Path directory, JournalLimits limits) throws IOException {
        SpoolDisk disk = FileDisk.of(directory);
        SpoolLock owner = SpoolLock.take(directory);
        try {
            return open(disk, limits, new SecureRandom(), owner);
        } catch (IOException | RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /**
     * @param random for the salt of a new spool, which nobody may guess
     * @param owner gives up the spool when it is closed
     */
    static JournalQueue open(
            SpoolDisk disk, JournalLimits limits, RandomGenerator random, Closeable owner)
            throws IOException {
        MailIndex index = new MailIndex();
        Recovery.Result found = Recovery.of(disk, random, index);
        DiskHealth health = new DiskHealth(disk, limits.reserve());
        Journal journal =
                new Journal(
                        disk, health, found.salt(), limits, found.segments(), found.lastSegment());
        Spool spool =
                new Spool(
                        disk,
                        health,
                        limits,
                        journal,
                        new AtomicLong(found.lastMessage()),
                        new AtomicLong(found.lastFile()),
                        new AtomicLong(Spool.MAX_HEAP));
        MailReader reader = new MailReader(index, new FrameReader(found.salt()), disk);
        JournalQueue queue = new JournalQueue(spool, index, reader, owner);
        journal.start(queue.cleaner::segmentsChanged);
        queue.cleaner.start();
        return queue;
    }

    @Override
    public void start(Runnable callback) {
        workAdded = callback;
    }

    void workAdded() {
        workAdded.run();
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        spool.journal().refuseIfOver();
        spool.health().refuseIfFull();
        return new JournalWriter(this, spool, null, id);
    }

    /** A notice lets other mail end, so it may use the reserve of the disk. */
    MailWriter beginNotice(JournalLease lease, QueueId id) throws IOException {
        spool.journal().refuseIfOver();
        return new JournalWriter(this, spool, lease, id);
    }

    /** Makes a message durable, and then due. */
    void take(Frame frame, MessageRecord record) throws IOException {
        Journal.Place place = spool.journal().append(frame);
        try {
            index.enter(record, place, frame.recordsEnd());
        } finally {
            place.counted();
        }
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) throws IOException {
        spool.journal().refuseIfOver();
        while (true) {
            Optional<WorkIndex.Claim<Piece>> claim = index.lease(request);
            if (claim.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(open(claim.get(), request.until()));
            } catch (IOException e) {
                spool.journal().refuseIfOver();
                // One damaged record must not stop what waits behind it.
                LOG.error(
                        "Message {} cannot be read; it stays on the disk until the spool is opened again",
                        claim.get().work().mail.number,
                        e);
                index.setAside(claim.get());
            }
        }
    }

    private JournalLease open(WorkIndex.Claim<Piece> claim, Instant until) throws IOException {
        try {
            MessageRecord record = reader.record(claim.work().mail);
            List<PendingRecipient> pending = reader.pending(claim.work(), record);
            return new JournalLease(this, reader, claim, until, record, pending);
        } catch (RuntimeException | Error e) {
            index.putBack(claim);
            throw e;
        }
    }

    void extend(JournalLease lease, Instant until) throws LeaseLostException {
        index.extend(lease, until);
    }

    /** Records what became of a lease's recipients, and takes in the notices that tell of it. */
    void settle(JournalLease lease, Settled settled, Map<JournalWriter, Notice> notices)
            throws IOException {
        index.seize(lease);
        boolean over = false;
        boolean durable = false;
        try {
            Frame frame = new Frame().add(state(lease, settled));
            Map<JournalWriter, MessageRecord> told = new LinkedHashMap<>();
            for (Map.Entry<JournalWriter, Notice> notice : notices.entrySet()) {
                JournalWriter writer = notice.getKey();
                told.put(writer, writer.addTo(frame, notice.getValue().mail()));
            }
            Journal.Place place = append(frame, told.keySet());
            durable = true;
            over = enter(lease, settled, place, frame.recordsEnd(), told);
        } finally {
            if (!durable) {
                index.letGo(lease);
            }
        }
        if (over) {
            cleanUp(lease.mail);
        }
        if (!settled.again().isEmpty() || !notices.isEmpty()) {
            workAdded();
        }
    }

    private boolean enter(
            JournalLease lease,
            Settled settled,
            Journal.Place place,
            int recordsEnd,
            Map<JournalWriter, MessageRecord> told) {
        try {
            told.forEach(
                    (writer, record) -> {
                        index.enter(record, place, recordsEnd);
                        writer.handOver();
                    });
            return index.settled(lease, settled, place);
        } finally {
            place.counted();
        }
    }

    private Journal.Place append(Frame frame, Set<JournalWriter> writers) throws IOException {
        try {
            return spool.journal().append(frame);
        } catch (QueueFullException e) {
            throw e;
        } catch (IOException e) {
            writers.forEach(JournalWriter::handOver);
            throw e;
        }
    }

    /** The whole state of each recipient that is settled. The message is busy. */
    private static StateRecord state(JournalLease lease, Settled settled) {
        Piece piece = lease.claim.work();
        List<RecipientState> states = new ArrayList<>();
        settled.ended().forEach(place -> states.add(new Ended(place)));
        settled.again()
                .forEach(
                        (at, slots) -> {
                            for (Slot slot : slots) {
                                states.add(slot.state(piece, lease.dueAgain(at)));
                            }
                        });
        return new StateRecord(lease.mail.number, states);
    }

    void giveBack(JournalLease lease) {
        MailIndex.GivenBack came = index.giveBack(lease);
        if (came.over()) {
            cleanUp(lease.mail);
        }
        if (came.waits()) {
            workAdded();
        }
    }

    private void cleanUp(JournalMail mail) {
        if (mail.isLarge()) {
            cleaner.fileIsOver(mail.file);
        }
        if (!spool.journal().isCurrent(mail.segment) && index.isOver(mail.segment)) {
            cleaner.segmentsChanged();
        }
    }

    @Override
    public void list(Selection which, Consumer<QueuedMail> each) throws IOException {
        control.list(which, each);
    }

    @Override
    public int hold(Selection which) throws IOException {
        return control.hold(which);
    }

    @Override
    public int release(Selection which) throws IOException {
        return told(control.release(which));
    }

    @Override
    public int retry(Selection which, Instant now) throws IOException {
        return told(control.retry(which, now));
    }

    @Override
    public int bounce(Selection which) throws IOException {
        return told(control.order(which, Order.BOUNCE));
    }

    @Override
    public int remove(Selection which) throws IOException {
        return told(control.order(which, Order.REMOVE));
    }

    private int told(int changed) {
        if (changed > 0) {
            workAdded();
        }
        return changed;
    }

    @Override
    public Optional<Instant> nextDue() {
        return index.nextDue();
    }

    @Override
    public long size() {
        return index.size();
    }

    /**
     * Closes the queue once all that is being written is durable. What it holds is there again when
     * the spool is opened.
     */
    @Override
    public void close() {
        if (!index.close()) {
            return;
        }
        cleaner.close();
        spool.journal().close();
        try {
            owner.close();
        } catch (IOException e) {
            LOG.warn("The lock of the spool could not be given up", e);
        }
    }
}
