package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Order;
import io.embedmta.queue.Selection;
import io.embedmta.queue.Settlement;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Plays one operation after the other to a queue and to its model, so that at each moment it is
 * known what the spool may hold: what the model says, or what it will say once the operation that
 * is under way has returned.
 */
final class QueuePlayer implements AutoCloseable {
    static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    static final Instant LATE = Instant.parse("2036-03-01T12:00:00Z");
    static final HeaderEdits EDITS = HeaderEdits.prepend("Received", "by test");
    private static final Duration TERM = Duration.ofMinutes(10);

    private final Opening opening;
    private JournalQueue queue;
    private List<QueueModel> allowed;

    /** Opens the spool, which nobody has open. */
    @FunctionalInterface
    interface Opening {
        JournalQueue open() throws IOException;
    }

    /** Does something to the queue. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private QueuePlayer(Opening opening, List<QueueModel> allowed) throws IOException {
        this.opening = opening;
        this.allowed = allowed;
        this.queue = opening.open();
    }

    /**
     * Opens a spool.
     *
     * @param allowed what it may hold; if that is more than one thing, {@link #recognize} it first
     */
    static QueuePlayer open(Opening opening, List<QueueModel> allowed) throws IOException {
        return new QueuePlayer(opening, allowed);
    }

    /** What an operator sees. */
    List<String> listing() throws IOException {
        return QueueModel.listing(queue);
    }

    /**
     * Finds out what the spool holds, which must be what it may hold. More than one thing may look
     * the same until it is leased.
     */
    void recognize() throws IOException {
        List<String> seen = listing();
        List<QueueModel> right = new ArrayList<>();
        for (QueueModel one : allowed) {
            if (one.listing().equals(seen) && one.nextDue().equals(queue.nextDue())) {
                right.add(one);
            }
        }
        if (right.isEmpty()) {
            assertSame(allowed.get(allowed.size() - 1).listing(), seen);
        }
        allowed = right;
    }

    /** Says only where two such lists differ. */
    private static void assertSame(List<String> expected, List<String> found) {
        if (!expected.equals(found)) {
            List<String> missing = new ArrayList<>(expected);
            missing.removeAll(found);
            List<String> added = new ArrayList<>(found);
            added.removeAll(expected);
            assertEquals(String.join("\n", missing), String.join("\n", added));
            assertEquals(expected, found);
        }
    }

    private QueueModel model() {
        return allowed.get(0);
    }

    /** What the spool may hold. */
    List<QueueModel> allowed() {
        return allowed;
    }

    private void step(Consumer<QueueModel> change, Action action) throws IOException {
        List<QueueModel> after = allowed.stream().map(QueueModel::copy).toList();
        after.forEach(change);
        List<QueueModel> either = new ArrayList<>(allowed);
        either.addAll(after);
        allowed = either;
        action.run();
        allowed = after;
    }

    static NewMail mail(String from, Instant arrival, HeaderEdits edits, String... recipients) {
        Envelope envelope = Envelope.from(from).to(recipients);
        List<Destination> lines =
                envelope.recipients().stream()
                        .map(to -> new Destination(to.address().domain()))
                        .toList();
        return new NewMail(envelope, lines, edits, arrival);
    }

    static NewMail mail(String... recipients) {
        return mail("sender@from.example", T0, EDITS, recipients);
    }

    void commit(String id, int size, String... recipients) throws IOException {
        commit(id, size, mail(recipients));
    }

    void commit(String id, int size, NewMail mail) throws IOException {
        step(after -> after.commit(id, size, mail), () -> write(id, size, mail));
    }

    private void write(String id, int size, NewMail mail) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(QueueModel.octets(id, size));
            writer.commit(mail);
        }
    }

    void abort(String id, int size) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(QueueModel.octets(id, size));
        }
    }

    /**
     * Commits messages by several threads at the same time.
     *
     * @param disk whose syncs wait until all of the messages wait
     */
    void commitTogether(SimulatedDisk disk, int size, String... ids) throws IOException {
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (String id : ids) {
            Callable<Boolean> commit =
                    () -> {
                        try {
                            write(id, size, mail(id + "@together.example"));
                            return true;
                        } catch (IOException e) {
                            return false;
                        }
                    };
            FutureTask<Boolean> task = new FutureTask<>(commit);
            tasks.add(task);
            threads.add(new Thread(task, "committer"));
        }
        disk.pauseSyncs();
        try {
            for (Thread thread : threads) {
                thread.start();
                while (thread.getState() != Thread.State.WAITING
                        && thread.getState() != Thread.State.TERMINATED) {
                    LockSupport.parkNanos(10_000);
                }
            }
        } finally {
            disk.goOn();
        }
        boolean all = true;
        for (int i = 0; i < ids.length; i++) {
            String id = ids[i];
            Consumer<QueueModel> commit =
                    after -> after.commit(id, size, mail(id + "@together.example"));
            if (hasReturned(tasks.get(i))) {
                allowed.forEach(commit);
            } else {
                all = false;
                List<QueueModel> either = new ArrayList<>(allowed);
                for (QueueModel one : allowed) {
                    QueueModel copy = one.copy();
                    commit.accept(copy);
                    either.add(copy);
                }
                allowed = either;
            }
        }
        if (!all) {
            throw new IOException("Not all were committed.");
        }
    }

    private static boolean hasReturned(FutureTask<Boolean> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Optional<Lease> lease(Instant now) throws IOException {
        return queue.lease(new LeaseRequest("test", now, now.plus(TERM), line -> true));
    }

    /** Leases what is due at one destination at last. */
    Lease lease(String destination) throws IOException {
        Optional<Lease> lease =
                queue.lease(
                        new LeaseRequest(
                                "test",
                                LATE,
                                LATE.plus(TERM),
                                line -> line.name().equals(destination)));
        assertTrue(lease.isPresent(), () -> "nothing is due at " + destination);
        return lease.get();
    }

    /** Settles, with notices of those ids. */
    void settle(Lease lease, int noticeSize, List<String> notices, Settlement... settlements)
            throws IOException {
        NewMail notice = mail("", T0, EDITS, "sender@from.example");
        step(
                after -> {
                    after.settle(lease, List.of(settlements));
                    notices.forEach(id -> after.commit(id, noticeSize, notice));
                },
                () -> {
                    List<Notice> written = new ArrayList<>();
                    for (String id : notices) {
                        MailWriter writer = lease.notice(new QueueId(id));
                        writer.body().write(QueueModel.octets(id, noticeSize));
                        written.add(new Notice(writer, notice));
                    }
                    lease.settle(List.of(settlements), written);
                });
    }

    void settle(Lease lease, Settlement... settlements) throws IOException {
        settle(lease, 0, List.of(), settlements);
    }

    void finish(String destination) throws IOException {
        try (Lease lease = lease(destination)) {
            finish(lease);
        }
    }

    void finish(Lease lease) throws IOException {
        settle(
                lease,
                lease.work().stream()
                        .map(one -> done(one.recipient().toString()))
                        .toArray(Settlement[]::new));
    }

    static Settlement done(String address) {
        return new Settlement.Done(MailAddress.of(address), DeliveryResult.delivered());
    }

    static Settlement retry(String address, int minutes, boolean told) {
        return new Settlement.Retry(
                MailAddress.of(address),
                T0.plusSeconds(60L * minutes),
                Reply.of(451, "4.2.0", "not now, in " + minutes),
                told);
    }

    void hold(Selection which) throws IOException {
        step(
                after -> after.hold(which),
                () -> assertEquals(model().copy().hold(which), queue.hold(which)));
    }

    void release(Selection which) throws IOException {
        step(
                after -> after.release(which),
                () -> assertEquals(model().copy().release(which), queue.release(which)));
    }

    void retry(Selection which, Instant now) throws IOException {
        step(
                after -> after.retry(which, now),
                () -> assertEquals(model().copy().retry(which, now), queue.retry(which, now)));
    }

    void order(Selection which, Order order) throws IOException {
        step(
                after -> after.order(which, order),
                () ->
                        assertEquals(
                                model().copy().order(which, order),
                                order == Order.BOUNCE ? queue.bounce(which) : queue.remove(which)));
    }

    void reopen() throws IOException {
        queue.close();
        queue = opening.open();
    }

    /** Checks all that can be seen without changing anything. */
    void check() throws IOException {
        assertSame(model().listing(), listing());
        assertEquals(model().size(), queue.size());
        assertEquals(model().nextDue(), queue.nextDue());
    }

    /** Checks all that a lease shows. */
    void checkWork(Lease lease) throws IOException {
        assertSame(
                model().workOf(lease).stream().sorted().toList(),
                QueueModel.work(lease, EDITS).stream().sorted().toList());
    }

    /** Checks all that is in the queue, to the last octet, and ends it. */
    void drain() throws IOException {
        check();
        release(Selection.all());
        check();
        List<List<String>> possible = allowed.stream().map(QueueModel::work).toList();
        List<String> found = new ArrayList<>();
        for (Optional<Lease> due = lease(LATE); due.isPresent(); due = lease(LATE)) {
            try (Lease lease = due.get()) {
                found.addAll(QueueModel.work(lease, EDITS));
                finish(lease);
            }
        }
        List<String> work = found.stream().sorted().toList();
        if (!possible.contains(work)) {
            assertSame(possible.get(0), work);
        }
        assertEquals(0, queue.size());
    }

    @Override
    public void close() {
        queue.close();
    }
}
