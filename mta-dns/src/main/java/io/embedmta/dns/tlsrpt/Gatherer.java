package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import io.embedmta.message.QueueId;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/** Counts connections into days that are not over. Thread-safe. */
final class Gatherer {
    private static final int MAX_OWN = 10_000;

    /** So that {@code _smtp._tls.} fits in front (RFC 1035 §2.3.4). */
    private static final int MAX_DOMAIN = 253 - Reporter.RECORD_PREFIX.length();

    private final Function<LocalDate, Day> newDay;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<LocalDate, Day> days = new TreeMap<>();
    private final Set<QueueId> own = new LinkedHashSet<>();
    private LocalDate earliest = LocalDate.MIN;

    Gatherer(Function<LocalDate, Day> newDay) {
        this.newDay = newDay;
    }

    void count(TlsAttempted event) {
        if (event.domain().address().isPresent() || event.domain().text().length() > MAX_DOMAIN) {
            // Where nobody can ask for reports.
            return;
        }
        LocalDate date = event.at().atOffset(ZoneOffset.UTC).toLocalDate();
        lock.lock();
        try {
            // A report of a report would go to and fro for ever.
            if (!own.contains(event.queueId())) {
                // One that comes late, when its day is reported, counts for the next.
                LocalDate open = date.isBefore(earliest) ? earliest : date;
                days.computeIfAbsent(open, newDay).add(event);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Submits a message whose own connections are not to be counted. Events wait meanwhile, as they
     * may come sooner than the submission returns.
     *
     * @param submission gives the message's queue id
     */
    void uncounted(Supplier<QueueId> submission) {
        lock.lock();
        try {
            remember(submission.get());
        } finally {
            lock.unlock();
        }
    }

    private void remember(QueueId id) {
        own.add(id);
        if (own.size() > MAX_OWN) {
            own.remove(own.iterator().next());
        }
    }

    /** Takes out the days before that one. */
    List<Day> closeBefore(LocalDate date) {
        lock.lock();
        try {
            earliest = date.isAfter(earliest) ? date : earliest;
            List<Day> closed = new ArrayList<>(days.headMap(date).values());
            days.headMap(date).clear();
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Goes on with what was saved. */
    void restore(List<Day> saved, Set<QueueId> savedOwn) {
        lock.lock();
        try {
            saved.forEach(day -> days.put(day.date, day));
            savedOwn.forEach(this::remember);
        } finally {
            lock.unlock();
        }
    }

    /** Encodes what there is, and the closed days with it. */
    byte[] encode(List<Day> closed) {
        lock.lock();
        try {
            List<Day> all = new ArrayList<>(closed);
            all.addAll(days.values());
            return StateFile.encode(all, own);
        } finally {
            lock.unlock();
        }
    }
}
