package io.embedmta.jakarta;

import io.embedmta.Submission;
import jakarta.mail.Message;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What Jakarta Mail code sent through an agent. {@code Transport.send} returns nothing, so what
 * became of a message is asked for by the message itself. It is remembered as long as the
 * application holds the message. Thread-safe.
 */
public final class SentMessages {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Message, Submission> submissions = new WeakHashMap<>();

    /** Of one agent, which has sent nothing yet. */
    public SentMessages() {}

    /**
     * The submission that the sending of a message was, the last one if it was sent several times;
     * empty if it was not sent through this agent, or was refused.
     *
     * @param message the object that was sent, not a copy
     */
    public Optional<Submission> submission(Message message) {
        lock.lock();
        try {
            return Optional.ofNullable(submissions.get(message));
        } finally {
            lock.unlock();
        }
    }

    void add(Message message, Submission submission) {
        lock.lock();
        try {
            submissions.put(message, submission);
        } finally {
            lock.unlock();
        }
    }
}
