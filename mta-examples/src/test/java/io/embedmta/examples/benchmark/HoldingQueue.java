package io.embedmta.examples.benchmark;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.Settlement;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A queue that gives out no work, as Postfix does not with mail on hold. */
final class HoldingQueue implements MailQueue {
    private static final int THREADS = 32;

    private final MailQueue queue;

    HoldingQueue(MailQueue queue) {
        this.queue = queue;
    }

    /** Ends all that is in the queue. */
    void empty() throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                tasks.add(this::endAll);
            }
            for (Future<Boolean> ended : threads.invokeAll(tasks)) {
                ended.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IOException(e);
        } finally {
            threads.shutdown();
        }
    }

    private boolean endAll() throws IOException {
        Instant now = Instant.now();
        LeaseRequest request =
                new LeaseRequest("benchmark", now, now.plusSeconds(600), destination -> true);
        Optional<Lease> next = queue.lease(request);
        while (next.isPresent()) {
            try (Lease lease = next.get()) {
                lease.settle(lease.work().stream().map(HoldingQueue::done).toList());
            }
            next = queue.lease(request);
        }
        return true;
    }

    private static Settlement done(PendingRecipient pending) {
        return new Settlement.Done(pending.recipient().address(), DeliveryResult.delivered());
    }

    @Override
    public void start(Runnable workAdded) {
        queue.start(() -> {});
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        return queue.begin(id);
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) {
        return Optional.empty();
    }

    @Override
    public Optional<Instant> nextDue() {
        return Optional.empty();
    }

    @Override
    public long size() {
        return queue.size();
    }

    @Override
    public void close() {
        queue.close();
    }
}
