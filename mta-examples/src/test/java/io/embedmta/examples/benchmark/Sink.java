package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where relayed mail ends: a server that does nothing but count. Thread-safe. */
final class Sink {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int port;
    private long messages;

    Sink() throws IOException {
        port = BareServer.start(this::message).port();
    }

    int port() {
        return port;
    }

    private void message() {
        lock.lock();
        try {
            messages++;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages have come. */
    long messages() {
        lock.lock();
        try {
            return messages;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many have come in all. */
    void await(long count) throws InterruptedException, TimeoutException {
        long left = TimeUnit.MINUTES.toNanos(1);
        lock.lock();
        try {
            while (messages < count) {
                if (left <= 0) {
                    throw new TimeoutException(
                            (count - messages) + " messages were not relayed within a minute.");
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
