package io.embedmta.examples.relay;

import io.embedmta.message.DeliveryResult;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.Order;
import io.embedmta.queue.Settlement;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Takes out of a queue what was ordered to be removed, as a relay would do next. */
final class Removals {
    /** Those who wait at the same time share a sync. */
    private static final int THREADS = 32;

    private static final Reply REMOVED = Reply.of(250, "2.0.0", "Removed by the operator");

    /** Nothing but ordered work is due at that time. */
    private static final LeaseRequest ORDERED =
            new LeaseRequest(
                    "queue command",
                    Instant.EPOCH,
                    Instant.EPOCH.plusSeconds(1),
                    destination -> true);

    private Removals() {}

    /**
     * Returns once all is done. Work that is to bounce stays leased until the queue is closed: a
     * relay alone knows how to write a DSN, and what is given back would come again.
     *
     * @throws IOException if one could not be recorded; it is done by the next relay
     */
    static void carryOut(MailQueue queue) throws IOException {
        Callable<Void> one =
                () -> {
                    carryOutInTurn(queue);
                    return null;
                };
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (Future<Void> done : threads.invokeAll(Collections.nCopies(THREADS, one))) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void carryOutInTurn(MailQueue queue) throws IOException {
        Optional<Lease> lease = queue.lease(ORDERED);
        while (lease.isPresent()) {
            if (lease.get().order().equals(Optional.of(Order.REMOVE))) {
                lease.get().settle(removed(lease.get()));
            }
            lease = queue.lease(ORDERED);
        }
    }

    private static List<Settlement> removed(Lease lease) {
        DeliveryResult discarded = new DeliveryResult.Discarded(REMOVED);
        return lease.work().stream()
                .<Settlement>map(work -> new Settlement.Done(work.recipient().address(), discarded))
                .toList();
    }
}
