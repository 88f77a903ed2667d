package io.embedmta.dns;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * Answers, positive and negative, for as long as their TTL says. Bounded: in number, dropping the
 * one that was least recently used, and in the size of each.
 */
final class AnswerCache {
    /** A larger answer is rare, and is asked for again: hostile ones shall not fill the heap. */
    private static final int MAX_OCTETS = 4096;

    private record Question(Name name, int type) {}

    private record Entry(DnsAnswer<Record> answer, Instant until) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Question, Entry> entries;
    private final Clock clock;

    AnswerCache(int maxEntries, Clock clock) {
        this.clock = clock;
        this.entries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Question, Entry> eldest) {
                        return size() > maxEntries;
                    }
                };
    }

    /** The answer, with what is left of its TTL. */
    Optional<DnsAnswer<Record>> get(Name name, int type) {
        Question question = new Question(name, type);
        Instant now = clock.instant();
        lock.lock();
        try {
            Entry entry = entries.get(question);
            if (entry == null) {
                return Optional.empty();
            }
            if (!now.isBefore(entry.until)) {
                entries.remove(question);
                return Optional.empty();
            }
            return Optional.of(aged(entry.answer, Duration.between(now, entry.until)));
        } finally {
            lock.unlock();
        }
    }

    private static DnsAnswer<Record> aged(DnsAnswer<Record> answer, Duration left) {
        return answer instanceof Found<Record> found
                ? new Found<>(found.records(), left, found.authenticated())
                : answer;
    }

    void put(Name name, int type, Lookup.Learnt learnt) {
        if (learnt.keep().isZero() || learnt.octets() > MAX_OCTETS) {
            return;
        }
        Entry entry = new Entry(learnt.answer(), clock.instant().plus(learnt.keep()));
        lock.lock();
        try {
            entries.put(new Question(name, type), entry);
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            entries.clear();
        } finally {
            lock.unlock();
        }
    }
}
