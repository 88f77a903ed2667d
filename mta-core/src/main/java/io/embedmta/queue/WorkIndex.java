package io.embedmta.queue;

import io.embedmta.message.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is due when, in which line, and what is under a lease: the in-memory index that
 * implementations of {@link MailQueue} build on.
 *
 * <p>Each destination has its own line, a heap by due time; equals come out in the order they went
 * in. Lines whose head is due take turns. So a lease costs the logarithm of the lines and of one
 * line, however much waits elsewhere; only lines that the request does not want are passed over one
 * by one, and they keep their turn.
 *
 * <p>An entry takes 40 octets and at most 6 in its line's array; a line some 250, its destination
 * included, and is dropped with its last entry. With an instant of its own (24) and the work that
 * the queue hangs on it, an entry stays far below the few hundred octets of a queued message.
 *
 * <p><b>Not thread-safe.</b> Its owner guards every call with one lock, which guards the state of
 * the work as well: an entry and the recipients it stands for change together.
 *
 * @param <T> what the queue knows of a piece of work
 */
public final class WorkIndex<T> {
    private final Map<Destination, Line<T>> lines = new HashMap<>();

    /** Lines whose head was not due when last looked at. */
    private final IndexedHeap<Line<T>> later = new IndexedHeap<>();

    /** Lines whose head was due when last looked at; the same lines as in {@link #turns}. */
    private final IndexedHeap<Line<T>> due = new IndexedHeap<>();

    private final Set<Line<T>> turns = new LinkedHashSet<>();

    /** Entries under a lease that has not been seen to run out, by the end of that lease. */
    private final IndexedHeap<Entry<T>> leased = new IndexedHeap<>();

    private long added;
    private int size;

    /** The work of one destination. */
    private static final class Line<T> extends IndexedHeap.Node<Line<T>> {
        final Destination destination;
        final IndexedHeap<Entry<T>> waiting = new IndexedHeap<>();
        int entries;

        Line(Destination destination) {
            this.destination = destination;
        }

        @Override
        boolean isBefore(Line<T> other) {
            return waiting.first().isBefore(other.waiting.first());
        }
    }

    /** One piece of work: in its line, or among the leased. */
    private static final class Entry<T> extends IndexedHeap.Node<Entry<T>> {
        final T work;
        final Line<T> line;
        final long number;

        /** When it is due, or while it is leased, when the lease runs out. */
        Instant at;

        /** Who had it last; kept when a lease runs out, as that owner may still come back. */
        @Nullable Claim<T> claim;

        Entry(T work, Line<T> line, long number, Instant at) {
            this.work = work;
            this.line = line;
            this.number = number;
            this.at = at;
        }

        @Override
        boolean isBefore(Entry<T> other) {
            int order = at.compareTo(other.at);
            return order < 0 || (order == 0 && number < other.number);
        }
    }

    /**
     * One handing out of one piece of work. It is held until it is released or finished, or until
     * it has run out and the work was handed out again.
     *
     * @param <T> what the queue knows of a piece of work
     */
    public static final class Claim<T> {
        private final Entry<T> entry;
        private final Instant due;

        private Claim(Entry<T> entry) {
            this.entry = entry;
            this.due = entry.at;
        }

        /** What was handed out. */
        public T work() {
            return entry.work;
        }

        /** The line it stood in. */
        public Destination destination() {
            return entry.line.destination;
        }

        /** Since when it was due as it was handed out. */
        public Instant due() {
            return due;
        }
    }

    /**
     * Work that waits and was taken out.
     *
     * @param due since when it is due, or is to be
     * @param <T> what the queue knows of a piece of work
     */
    public record Waiting<T>(Destination destination, Instant due, T work) {}

    /**
     * Is shown work.
     *
     * @param <T> what the queue knows of a piece of work
     */
    @FunctionalInterface
    public interface Visitor<T> {
        /**
         * Looks at one piece of work, and must not call the index.
         *
         * @param at when it is due, or while it is leased, when the lease runs out
         */
        void visit(T work, Destination destination, Instant at, boolean leased);
    }

    /** An empty index. */
    public WorkIndex() {}

    /** Puts a piece of work in the line of a destination. */
    public void add(Destination destination, Instant due, T work) {
        Line<T> line = lines.computeIfAbsent(destination, Line::new);
        line.entries++;
        size++;
        enter(new Entry<>(work, line, added++, due));
    }

    /**
     * Hands out what is due, destinations in turn, and within one what has been due longest. What
     * was under a lease that has run out is due since the end of that lease.
     *
     * @return empty if nothing that is wanted is due
     */
    public Optional<Claim<T>> lease(LeaseRequest request) {
        takeBackUntil(request.now());
        callUpUntil(request.now());
        Iterator<Line<T>> turn = turns.iterator();
        while (turn.hasNext()) {
            Line<T> line = turn.next();
            if (line.waiting.first().at.isAfter(request.now())) {
                turn.remove();
                due.remove(line);
                later.add(line);
            } else if (request.wanted().test(line.destination)) {
                return Optional.of(handOut(line.waiting.first(), request.until()));
            }
        }
        return Optional.empty();
    }

    /** Whether the claim is still held: not given up, and not handed out to somebody else. */
    public boolean holds(Claim<T> claim) {
        return claim.entry.claim == claim;
    }

    /** Moves the end of the lease. The claim must be held. */
    public void extend(Claim<T> claim, Instant until) {
        Entry<T> entry = held(claim);
        takeOut(entry);
        entry.at = until;
        leased.add(entry);
    }

    /** Puts the work back where it was: due since it was due before. The claim must be held. */
    public void release(Claim<T> claim) {
        Entry<T> entry = held(claim);
        takeOut(entry);
        entry.claim = null;
        entry.at = claim.due;
        enter(entry);
    }

    /** Forgets the work. The claim must be held. */
    public void finish(Claim<T> claim) {
        drop(held(claim));
    }

    private void drop(Entry<T> entry) {
        takeOut(entry);
        entry.claim = null;
        size--;
        entry.line.entries--;
        if (entry.line.entries == 0) {
            lines.remove(entry.line.destination);
        }
    }

    /**
     * Takes out all waiting work that matches; whose lease was seen to run out, that claim is held
     * no more. Costs a look at all that waits.
     *
     * @return of each destination what has been due longest first; may be changed
     */
    public List<Waiting<T>> withdraw(Predicate<T> which) {
        List<Waiting<T>> out = new ArrayList<>();
        for (Entry<T> entry : waiting(which)) {
            drop(entry);
            out.add(new Waiting<>(entry.line.destination, entry.at, entry.work));
        }
        return out;
    }

    /**
     * Makes all waiting work that matches due at that instant, unless it is due earlier. Costs a
     * look at all that waits.
     *
     * @return what was to be due later
     */
    public List<T> hasten(Predicate<T> which, Instant due) {
        List<T> moved = new ArrayList<>();
        for (Entry<T> entry : waiting(which)) {
            if (entry.at.isAfter(due)) {
                takeOut(entry);
                entry.at = due;
                enter(entry);
                moved.add(entry.work);
            }
        }
        return moved;
    }

    private List<Entry<T>> waiting(Predicate<T> which) {
        List<Entry<T>> found = new ArrayList<>();
        for (Line<T> line : lines.values()) {
            int before = found.size();
            line.waiting.forEach(
                    entry -> {
                        if (which.test(entry.work)) {
                            found.add(entry);
                        }
                    });
            found.subList(before, found.size())
                    .sort(
                            Comparator.comparing((Entry<T> entry) -> entry.at)
                                    .thenComparing(entry -> entry.number));
        }
        return found;
    }

    /** Shows all work, waiting or leased, in no certain order. */
    public void forEach(Visitor<T> visitor) {
        for (Line<T> line : lines.values()) {
            line.waiting.forEach(
                    entry -> visitor.visit(entry.work, line.destination, entry.at, false));
        }
        leased.forEach(entry -> visitor.visit(entry.work, entry.line.destination, entry.at, true));
    }

    /**
     * When the earliest work that is not under a lease is due; empty if there is none. A lease that
     * has run out counts once {@link #lease} has seen it.
     */
    public Optional<Instant> nextDue() {
        if (due.isEmpty() && later.isEmpty()) {
            return Optional.empty();
        }
        boolean sooner = later.isEmpty() || (!due.isEmpty() && due.first().isBefore(later.first()));
        return Optional.of((sooner ? due : later).first().waiting.first().at);
    }

    /** How many pieces of work there are, waiting or leased. */
    public int size() {
        return size;
    }

    /** How many destinations have work, waiting or leased. */
    public int destinations() {
        return lines.size();
    }

    private void takeBackUntil(Instant now) {
        while (!leased.isEmpty() && !leased.first().at.isAfter(now)) {
            Entry<T> entry = leased.first();
            leased.remove(entry);
            enter(entry);
        }
    }

    private void callUpUntil(Instant now) {
        while (!later.isEmpty() && !later.first().waiting.first().at.isAfter(now)) {
            Line<T> line = later.first();
            later.remove(line);
            due.add(line);
            turns.add(line);
        }
    }

    /** The line goes to the end of the turns, as long as more of it may be due. */
    private Claim<T> handOut(Entry<T> entry, Instant until) {
        Line<T> line = entry.line;
        takeOut(entry);
        if (turns.remove(line)) {
            turns.add(line);
        }
        Claim<T> claim = new Claim<>(entry);
        entry.claim = claim;
        entry.at = until;
        leased.add(entry);
        return claim;
    }

    private void enter(Entry<T> entry) {
        Line<T> line = entry.line;
        boolean first = line.waiting.isEmpty();
        line.waiting.add(entry);
        if (first) {
            later.add(line);
        } else if (line.waiting.first() == entry) {
            heapOf(line).moved(line);
        }
    }

    private void takeOut(Entry<T> entry) {
        Line<T> line = entry.line;
        if (leased.contains(entry)) {
            leased.remove(entry);
            return;
        }
        // The line leaves its heap before its head goes: an empty line has no place in an order.
        IndexedHeap<Line<T>> heap = heapOf(line);
        heap.remove(line);
        line.waiting.remove(entry);
        if (!line.waiting.isEmpty()) {
            heap.add(line);
        } else {
            turns.remove(line);
        }
    }

    private IndexedHeap<Line<T>> heapOf(Line<T> line) {
        return due.contains(line) ? due : later;
    }

    private Entry<T> held(Claim<T> claim) {
        if (!holds(claim)) {
            throw new IllegalStateException("Ask whether the claim is held first.");
        }
        return claim.entry;
    }
}
