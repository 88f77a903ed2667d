package io.embedmta;

import io.embedmta.event.MtaEvent;
import io.embedmta.internal.client.ClientSettings;
import io.embedmta.internal.client.SmtpClient;
import io.embedmta.internal.delivery.DeliverySettings;
import io.embedmta.internal.delivery.Scheduler;
import io.embedmta.internal.delivery.SecurityPolicy;
import io.embedmta.internal.intake.Addressing;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.internal.intake.FilterChain;
import io.embedmta.internal.intake.Intake;
import io.embedmta.internal.intake.Submitter;
import io.embedmta.internal.runtime.EngineThreads;
import io.embedmta.internal.runtime.LateRandom;
import io.embedmta.internal.runtime.Observers;
import io.embedmta.listener.Listener;
import io.embedmta.listener.Listener.RunningListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.MailQueue;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.store.MailStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running mail transfer agent. Thread-safe. Owns the parts it was built from and closes them.
 *
 * <p>It is made by {@link #builder} and {@link MtaBuilder#start}, and runs until {@link #close}.
 * All its threads are daemons: an application that has nothing else to do waits in {@link
 * #awaitShutdown}.
 */
public final class Mta implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mta.class);

    private final String hostname;
    private final Duration grace;
    private final EngineThreads threads;
    private final Observers observers;
    private final MailQueue queue;
    private final Resolver resolver;
    private final DomainPolicies policies;
    private final Set<MailStore> stores;
    private final Scheduler scheduler;
    private final Submitter submitter;
    private final Submissions submissions = new Submissions();
    private final List<RunningListener> listeners = new ArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Intake intake;

    private Mta(MtaBuilder parts) {
        hostname = parts.hostname.text();
        grace = parts.grace;
        queue = parts.buildQueue();
        resolver = parts.buildResolver();
        policies = parts.policies;
        stores = parts.stores();
        threads = EngineThreads.open();
        observers = new Observers();
        Addressing addressing = new Addressing(parts.buildRouter(), parts.relayDomains);
        Enqueuer enqueuer =
                new Enqueuer(queue, addressing, parts.clock, parts.random, observers::publish);
        intake =
                new Intake(
                        hostname,
                        parts.buildPostmaster(),
                        parts.clock,
                        new FilterChain(parts.filters),
                        addressing,
                        enqueuer,
                        threads::execute,
                        parts.maxHops);
        submitter = new Submitter(intake);
        scheduler =
                new Scheduler(
                        new DeliverySettings(
                                parts.hostname,
                                parts.remotePort,
                                parts.maxDeliveries,
                                parts.maxPerDestination,
                                parts.schedule),
                        queue,
                        resolver,
                        addressing,
                        enqueuer,
                        new SmtpClient(
                                ClientSettings.defaults(hostname)
                                        .withMaxIdle(parts.maxDeliveries, parts.maxPerDestination)
                                        .withLocalAddresses(parts.localAddresses),
                                parts.sockets,
                                parts.clock),
                        new SecurityPolicy(
                                resolver, policies, parts.buildTlsa(resolver), parts.verifiers),
                        threads::execute,
                        parts.clock,
                        parts.random,
                        observers::publish,
                        outcome -> observers.complete(() -> submissions.ended(outcome)));
        if (parts.clock instanceof AdjustableClock adjustable) {
            adjustable.whenAdjusted(scheduler::wake);
        }
    }

    /**
     * Begins to build an agent.
     *
     * @param hostname its own name, in greetings, trace fields and notices; a domain name
     * @throws IllegalArgumentException if it is none
     */
    public static MtaBuilder builder(String hostname) {
        return new MtaBuilder(hostname);
    }

    static Mta start(MtaBuilder parts) {
        Mta mta = new Mta(parts);
        try {
            parts.refuseAliasLoops();
            mta.observers.start(mta.threads);
            mta.queue.start(mta.scheduler::wake);
            mta.scheduler.start();
            for (Listener listener : parts.listeners) {
                mta.listeners.add(listener.start(mta.intake));
            }
            if (parts.random instanceof LateRandom late) {
                mta.threads.execute("mta-random", late::prepare);
            }
            return mta;
        } catch (IOException e) {
            mta.close();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            mta.close();
            throw e;
        }
    }

    /** Our own name. */
    public String hostname() {
        return hostname;
    }

    /**
     * The addresses that the listeners are bound to, with their real ports, in the builder's order.
     */
    public List<InetSocketAddress> addresses() {
        List<InetSocketAddress> all = new ArrayList<>();
        listeners.forEach(listener -> all.addAll(listener.addresses()));
        return List.copyOf(all);
    }

    /** How many messages have a recipient without an outcome. */
    public long queueSize() {
        return queue.size();
    }

    /**
     * Takes a message from the application, through the same filters as one from the wire. On
     * return it is durable: the promise of a 250.
     *
     * @param envelope with one recipient or more; its needs of the next hop are found out by us
     * @param content lines that end with a bare CR or LF are mended
     * @throws SubmissionRefusedException if nothing was taken: a filter said no, no recipient was
     *     taken, or the queue cannot take it now
     * @throws IllegalArgumentException if the envelope has no recipient
     * @throws IllegalStateException after {@link #close}
     */
    public Submission submit(Envelope envelope, Content content) {
        if (envelope.recipients().isEmpty()) {
            throw new IllegalArgumentException("Give the envelope a recipient.");
        }
        if (closing.get()) {
            throw new IllegalStateException("The agent is closed.");
        }
        AtomicReference<QueueId> expected = new AtomicReference<>();
        boolean taken = false;
        try {
            Submission submission =
                    new Submission(
                            submitter.submit(
                                    envelope,
                                    content,
                                    id -> {
                                        expected.set(id);
                                        submissions.expect(id);
                                    }),
                            envelope.recipients().stream()
                                    .map(Recipient::address)
                                    .distinct()
                                    .toList());
            submissions.add(submission);
            taken = true;
            return submission;
        } catch (Submitter.RefusedException e) {
            throw new SubmissionRefusedException(e.reply(), e);
        } catch (IOException e) {
            LOG.error("A submission could not be queued.", e);
            throw new SubmissionRefusedException(MailQueue.refusal(e), e);
        } finally {
            if (!taken && expected.get() != null) {
                submissions.forget(expected.get());
            }
        }
    }

    /**
     * Tells an observer of events of one kind from now on. It runs on a thread of the observers'
     * own, after the event; if observers fall far behind, events are dropped.
     */
    public <E extends MtaEvent> void on(Class<E> kind, Consumer<? super E> observer) {
        observers.add(kind, observer);
    }

    /**
     * Waits until the agent is closed.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void awaitShutdown() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops: takes no new mail, lets running transactions and deliveries end within the grace
     * period, and closes the parts. No thread is left. What is queued stays in a durable queue.
     * Idempotent.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long end = System.nanoTime() + grace.toNanos();
        try {
            listeners.forEach(listener -> quietly("listener", () -> listener.close(left(end))));
            quietly("scheduler", () -> scheduler.stop(left(end)));
            // No interrupt ends a look-up in its socket; the end of the resolver does.
            quietly("resolver", resolver::close);
            quietly("source of policies", policies::close);
            quietly("observers", observers::close);
            // A delivery that ends at the last moment still finds the queue to record it in.
            quietly("threads", threads::close);
            quietly("queue", queue::close);
            stores.forEach(store -> quietly("store", store::close));
            // Last, as what the application has hung on a future runs here, and may not return.
            quietly("submissions", submissions::close);
        } finally {
            closed.countDown();
        }
    }

    /** What is left of the one grace period that all parts share. */
    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** One part that fails to close must not keep the others open. */
    private static void quietly(String part, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error e) {
            LOG.error("The {} did not close cleanly.", part, e);
        }
    }
}
