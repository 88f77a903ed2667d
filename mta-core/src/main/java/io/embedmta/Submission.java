package io.embedmta;

import io.embedmta.internal.delivery.FinalOutcome;
import io.embedmta.internal.intake.Submitter.Submitted;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A message that the application submitted, and what becomes of it. Thread-safe.
 *
 * <p>The futures end when an outcome is final, which may be days later, on a thread that tells one
 * observer after the other; they are known to this process alone. If the agent is closed before,
 * they end with an {@link IllegalStateException}; the message stays in a durable queue all the
 * same.
 */
public final class Submission {
    private final QueueId queueId;
    private final Map<MailAddress, CompletableFuture<Outcome>> outcomes = new LinkedHashMap<>();
    private final CompletableFuture<SubmissionReport> completion;
    private final Map<MailAddress, Reply> refused;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MailAddress, List<MailAddress>> targets = new HashMap<>();
    private final Map<MailAddress, Outcome> ended = new HashMap<>();

    Submission(Submitted submitted, List<MailAddress> recipients) {
        this.queueId = submitted.id();
        this.targets.putAll(submitted.targets());
        this.refused = Collections.unmodifiableMap(new LinkedHashMap<>(submitted.refused()));
        for (MailAddress recipient : recipients) {
            outcomes.put(recipient, first(submitted, recipient));
        }
        this.completion =
                CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture[]::new))
                        .thenApply(nothing -> report());
    }

    private static CompletableFuture<Outcome> first(Submitted submitted, MailAddress recipient) {
        Reply refused = submitted.refused().get(recipient);
        if (refused != null) {
            return CompletableFuture.completedFuture(
                    new Outcome(recipient, Outcome.Status.REJECTED, refused));
        }
        if (submitted.targets().getOrDefault(recipient, List.of()).isEmpty()) {
            Reply reply = Reply.of(250, "2.0.0", "discarded by a filter");
            return CompletableFuture.completedFuture(
                    new Outcome(recipient, Outcome.Status.DISCARDED, reply));
        }
        return new CompletableFuture<>();
    }

    /** The message's name in the queue, in logs and in events. */
    public QueueId queueId() {
        return queueId;
    }

    /**
     * The reply to each recipient that was refused when the message was submitted, in the order of
     * the envelope; their outcome is {@link Outcome.Status#REJECTED}.
     */
    public Map<MailAddress, Reply> refusedRecipients() {
        return refused;
    }

    /**
     * The final outcome of one recipient. Of an alias, it is the first failure among its targets,
     * or else a success.
     *
     * @param recipient as it was submitted
     * @throws IllegalArgumentException if the message was not submitted for that recipient
     */
    public CompletableFuture<Outcome> outcome(MailAddress recipient) {
        CompletableFuture<Outcome> outcome = outcomes.get(recipient);
        if (outcome == null) {
            throw new IllegalArgumentException(
                    "The message was not submitted for <" + recipient + ">.");
        }
        return outcome.copy();
    }

    /** The final outcome of one recipient, as {@link #outcome(MailAddress)}. */
    public CompletableFuture<Outcome> outcome(String recipient) {
        return outcome(MailAddress.of(recipient));
    }

    /** The outcomes of all recipients, once each is final. */
    public CompletableFuture<SubmissionReport> completion() {
        return completion.copy();
    }

    private SubmissionReport report() {
        List<Outcome> all = new ArrayList<>();
        outcomes.values().forEach(outcome -> all.add(outcome.join()));
        return new SubmissionReport(queueId, all);
    }

    /** Whether nothing more is to come. */
    boolean isComplete() {
        return completion.isDone();
    }

    void ended(FinalOutcome end) {
        Outcome outcome = new Outcome(end.recipient(), status(end), end.result().reply());
        List<Runnable> completions = new ArrayList<>();
        lock.lock();
        try {
            ended.put(end.recipient(), outcome);
            targets.forEach(
                    (recipient, ends) -> {
                        if (ends.contains(end.recipient())
                                && ends.stream().allMatch(ended::containsKey)) {
                            Outcome whole = sum(recipient, ends);
                            completions.add(() -> complete(recipient, whole));
                        }
                    });
        } finally {
            lock.unlock();
        }
        completions.forEach(Runnable::run);
    }

    private void complete(MailAddress recipient, Outcome outcome) {
        CompletableFuture<Outcome> future = outcomes.get(recipient);
        if (future != null) {
            future.complete(outcome);
        }
    }

    private Outcome sum(MailAddress recipient, List<MailAddress> ends) {
        List<Outcome> all = ends.stream().map(ended::get).toList();
        Outcome worst = all.stream().filter(end -> !end.isSuccess()).findFirst().orElse(all.get(0));
        return new Outcome(recipient, worst.status(), worst.reply());
    }

    private static Outcome.Status status(FinalOutcome end) {
        if (end.expired()) {
            return Outcome.Status.EXPIRED;
        }
        DeliveryResult result = end.result();
        if (result instanceof DeliveryResult.Delivered) {
            return Outcome.Status.DELIVERED;
        }
        if (result instanceof DeliveryResult.Relayed) {
            return Outcome.Status.RELAYED;
        }
        return result instanceof DeliveryResult.Discarded
                ? Outcome.Status.DISCARDED
                : Outcome.Status.BOUNCED;
    }

    void closed() {
        IllegalStateException reason =
                new IllegalStateException(
                        "The agent was closed before the outcome of " + queueId + " was final.");
        outcomes.values().forEach(outcome -> outcome.completeExceptionally(reason));
    }
}
