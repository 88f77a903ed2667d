package io.embedmta.examples.kill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was promised to the senders, and what arrived at the sink. Thread-safe.
 *
 * <p>A copy is known by the life of the relay, counted from its first start, that brought it. So a
 * duplicate explains itself or does not: one life delivers a letter to a recipient once, and only
 * what it had under way when it was killed may come again.
 */
final class Ledger {
    /** So many may be on their way that each kill hits a queue that is not empty. */
    private static final int MOST_OUTSTANDING = 300;

    private final long seed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Integer> promised = new HashSet<>();
    private final Map<Integer, Set<String>> outstanding = new HashMap<>();
    private final Map<Integer, Map<String, List<Integer>>> arrived = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    Ledger(long seed) {
        this.seed = seed;
    }

    /** Waits until few enough letters are on their way. */
    void awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (outstanding.size() >= MOST_OUTSTANDING) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A sender has read the 250 for this letter. */
    void promised(Letter letter) {
        lock.lock();
        try {
            promised.add(letter.number());
            Set<String> missing = new HashSet<>(letter.recipients());
            missing.removeAll(arrived.getOrDefault(letter.number(), Map.of()).keySet());
            if (!missing.isEmpty()) {
                outstanding.put(letter.number(), missing);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The sink has all of a letter for these recipients, and is about to say 250. */
    void arrived(int number, List<String> recipients, int life) {
        lock.lock();
        try {
            Map<String, List<Integer>> copies =
                    arrived.computeIfAbsent(number, key -> new HashMap<>());
            Set<String> missing = outstanding.getOrDefault(number, new HashSet<>());
            for (String recipient : recipients) {
                copies.computeIfAbsent(recipient, key -> new ArrayList<>()).add(life);
                missing.remove(recipient);
            }
            if (missing.isEmpty()) {
                outstanding.remove(number);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something happened that no kill explains. */
    void fault(String sentence) {
        lock.lock();
        try {
            faults.add(sentence);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was promised has arrived, or the time is up. */
    void awaitAll(long seconds) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (!outstanding.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * How it ended.
     *
     * @param missing promised, and not at one recipient or more
     * @param unpromised arrived, though the sender saw no 250 before the relay was killed
     * @param copies of one letter for one recipient, in all
     * @param duplicates how many of these were not the first
     * @param repeated letters that each life delivered and a later one delivered again, counted for
     *     each line of work
     * @param faults what no kill explains
     */
    record Balance(
            int promised,
            Set<Integer> missing,
            int unpromised,
            int copies,
            int duplicates,
            Map<Integer, Integer> repeated,
            List<String> faults) {}

    Balance balance() {
        lock.lock();
        try {
            Set<Integer> missing = new HashSet<>(outstanding.keySet());
            int unpromised = (int) arrived.keySet().stream().filter(n -> !isPromised(n)).count();
            int copies = 0;
            int duplicates = 0;
            Map<Integer, Integer> repeated = new HashMap<>();
            List<String> all = new ArrayList<>(faults);
            for (Map.Entry<Integer, Map<String, List<Integer>>> letter : arrived.entrySet()) {
                Set<String> lines = new HashSet<>();
                for (Map.Entry<String, List<Integer>> one : letter.getValue().entrySet()) {
                    String line = one.getKey().substring(one.getKey().indexOf('@'));
                    List<Integer> lives = one.getValue().stream().sorted().toList();
                    copies += lives.size();
                    duplicates += lives.size() - 1;
                    if (new HashSet<>(lives).size() < lives.size()) {
                        all.add(letter.getKey() + " came twice in one life, to " + one);
                    }
                    for (int life : lives.subList(0, lives.size() - 1)) {
                        if (lines.add(life + line)) {
                            repeated.merge(life, 1, Integer::sum);
                        }
                    }
                }
            }
            return new Balance(
                    promised.size(), missing, unpromised, copies, duplicates, repeated, all);
        } finally {
            lock.unlock();
        }
    }

    private boolean isPromised(int number) {
        return promised.contains(number);
    }

    long seed() {
        return seed;
    }
}
