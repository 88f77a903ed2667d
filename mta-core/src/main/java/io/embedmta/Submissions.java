package io.embedmta;

import io.embedmta.internal.delivery.FinalOutcome;
import io.embedmta.internal.runtime.Observers;
import io.embedmta.message.QueueId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The submissions of this process whose outcomes are not all final. A delivery may end before its
 * submission has returned, so outcomes are kept from the moment the name is known. Thread-safe.
 */
final class Submissions implements Consumer<FinalOutcome> {
    private final Observers observers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<QueueId, List<FinalOutcome>> early = new HashMap<>();
    private final Map<QueueId, Submission> open = new HashMap<>();
    private boolean closed;

    /** Outcomes are told in their place among the events. */
    Submissions(Observers observers) {
        this.observers = observers;
    }

    /** A message of that name is about to be queued. */
    void expect(QueueId id) {
        lock.lock();
        try {
            early.put(id, new ArrayList<>());
        } finally {
            lock.unlock();
        }
    }

    /** It was not queued after all. */
    void forget(QueueId id) {
        lock.lock();
        try {
            early.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** It was queued, and this is to be told. */
    void add(Submission submission) {
        List<FinalOutcome> missed;
        boolean tooLate;
        lock.lock();
        try {
            missed = early.remove(submission.queueId());
            tooLate = closed;
            if (!submission.isComplete()) {
                open.put(submission.queueId(), submission);
            }
        } finally {
            lock.unlock();
        }
        if (missed != null) {
            missed.forEach(this::ended);
        }
        if (tooLate) {
            // It came in while the agent closed: nobody is left to tell its outcome.
            close();
        }
    }

    /** Has the outcome told soon. */
    @Override
    public void accept(FinalOutcome outcome) {
        observers.complete(() -> ended(outcome));
    }

    void ended(FinalOutcome outcome) {
        Submission submission;
        lock.lock();
        try {
            List<FinalOutcome> waiting = early.get(outcome.queueId());
            if (waiting != null) {
                waiting.add(outcome);
                return;
            }
            submission = open.get(outcome.queueId());
        } finally {
            lock.unlock();
        }
        if (submission == null) {
            return;
        }
        submission.ended(outcome);
        if (submission.isComplete()) {
            lock.lock();
            try {
                open.remove(outcome.queueId());
            } finally {
                lock.unlock();
            }
        }
    }

    void close() {
        List<Submission> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(open.values());
            open.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(Submission::closed);
    }
}
