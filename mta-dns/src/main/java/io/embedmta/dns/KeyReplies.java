package io.embedmta.dns;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * Replies about keys (DS and DNSKEY), which one validation after another asks for. They are kept as
 * they came, and validated anew each time, so nothing is believed for having been kept. Bounded,
 * and thread-safe.
 */
final class KeyReplies {
    private static final int MAX_ENTRIES = 512;
    private static final int MAX_OCTETS = 8192;
    private static final Duration MAX_AGE = Duration.ofMinutes(15);

    record Question(Name name, int type) {}

    private static final class Entry {
        private final byte[] reply;
        private final Instant until;

        Entry(byte[] reply, Instant until) {
            this.reply = reply;
            this.until = until;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Map<Question, Entry> entries =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Question, Entry> eldest) {
                    return size() > MAX_ENTRIES;
                }
            };

    KeyReplies(Clock clock) {
        this.clock = clock;
    }

    Optional<Message> get(Question question) throws IOException {
        lock.lock();
        try {
            Entry entry = entries.get(question);
            return entry != null && clock.instant().isBefore(entry.until)
                    ? Optional.of(new Message(entry.reply))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void put(Question question, Message reply) {
        byte[] wire = reply.toWire();
        if (wire.length > MAX_OCTETS) {
            return;
        }
        Entry entry = new Entry(wire, clock.instant().plus(age(reply)));
        lock.lock();
        try {
            entries.put(question, entry);
        } finally {
            lock.unlock();
        }
    }

    void remove(Question question) {
        lock.lock();
        try {
            entries.remove(question);
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

    private static Duration age(Message reply) {
        long seconds = MAX_AGE.toSeconds();
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : reply.getSection(section)) {
                seconds = Math.min(seconds, record.getTTL());
            }
        }
        return Duration.ofSeconds(seconds);
    }
}
