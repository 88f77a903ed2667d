package io.embedmta;

import io.embedmta.event.MtaEvent;
import io.embedmta.internal.delivery.Delivery;
import io.embedmta.internal.delivery.DeliveryParts;
import io.embedmta.internal.intake.Addressing;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.internal.intake.FilterChain;
import io.embedmta.internal.intake.Intake;
import io.embedmta.internal.intake.Submitter.Needed;
import io.embedmta.internal.runtime.EngineThreads;
import io.embedmta.internal.runtime.Observers;
import io.embedmta.jakarta.MtaSessions;
import io.embedmta.jakarta.SentMessages;
import io.embedmta.listener.Listener;
import io.embedmta.listener.Listener.RunningListener;
import io.embedmta.message.ContentSource;
import io.embedmta.message.Envelope;
import io.embedmta.queue.MailQueue;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.store.MailStore;
import jakarta.mail.Authenticator;
import jakarta.mail.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
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
    private final @Nullable String name;
    private final Duration grace;
    private final EngineThreads threads;
    private final Observers observers;
    private final MailQueue queue;
    private final @Nullable Resolver resolver;
    private final @Nullable DomainPolicies policies;
    private final Set<MailStore> stores;
    private final Delivery delivery;
    private final Submissions submissions;
    private final SentMessages sent = new SentMessages();
    private final List<RunningListener> listeners = new ArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Intake intake;

    private Mta(MtaBuilder parts) {
        hostname = parts.hostname.text();
        name = parts.name;
        grace = parts.grace;
        queue = parts.buildQueue();
        resolver = parts.resolver;
        policies = parts.policies;
        stores = parts.stores();
        threads = EngineThreads.open();
        RandomGenerator random = parts.buildRandom();
        observers = new Observers(threads);
        submissions = new Submissions(observers);
        Addressing addressing = new Addressing(parts.buildRouter(), parts.relayDomains);
        Enqueuer enqueuer = new Enqueuer(queue, addressing, parts.clock, random, observers);
        intake =
                new Intake(
                        hostname,
                        parts.buildPostmaster(),
                        parts.clock,
                        new FilterChain(parts.filters),
                        addressing,
                        enqueuer,
                        threads,
                        parts.maxHops);
        delivery =
                new Delivery(
                        new DeliveryParts(
                                parts.deliverySettings(),
                                resolver,
                                policies,
                                parts.tlsa,
                                parts.verifiers,
                                addressing,
                                enqueuer,
                                parts.clock,
                                random,
                                observers,
                                submissions),
                        queue,
                        threads);
        if (parts.clock instanceof AdjustableClock adjustable) {
            adjustable.whenAdjusted(delivery);
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
            mta.queue.start(mta.delivery);
            mta.delivery.start();
            for (Listener listener : parts.listeners) {
                mta.listeners.add(listener.start(mta.intake));
            }
            if (parts.name != null) {
                NamedAgents.add(parts.name, mta);
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

    /** Whether the agent takes mail: from the end of its start to the beginning of its close. */
    public boolean isRunning() {
        return !closing.get();
    }

    /**
     * The running agent of this process that {@link MtaBuilder#name} gave that name.
     *
     * @param name in any case of its letters
     */
    public static Optional<Mta> named(String name) {
        return NamedAgents.find(name);
    }

    /**
     * A Jakarta Mail session whose transport is this agent, without a socket: {@code
     * Transport.send(new MimeMessage(mta.session(), in))}. What was sent is durable on return.
     */
    public Session session() {
        return MtaSessions.open(this, new Properties());
    }

    /**
     * A Jakarta Mail session whose transport is this agent, for code with properties of its own.
     *
     * @param properties are copied; {@link io.embedmta.jakarta.MtaTransport} tells which matter
     */
    public Session session(Properties properties) {
        return MtaSessions.open(this, properties);
    }

    /**
     * A Jakarta Mail session whose transport is this agent, for code that brings an authenticator,
     * which is never asked.
     *
     * @param properties are copied; {@link io.embedmta.jakarta.MtaTransport} tells which matter
     * @param authenticator of any class loader
     */
    public Session session(Properties properties, Authenticator authenticator) {
        return MtaSessions.open(this, properties, authenticator);
    }

    /**
     * Makes the protocols {@code smtp} and {@code smtps} of a session end here, for code that names
     * them itself. Other sessions are as they were, even those that share its properties.
     * Transports that the session has handed out before go on to their servers.
     */
    public void interceptSmtp(Session session) {
        MtaSessions.interceptSmtp(this, session);
    }

    /** What Jakarta Mail code sent through this agent, and what becomes of it. */
    public SentMessages sentMessages() {
        return sent;
    }

    /**
     * The addresses that the listeners are bound to, with their real ports, in the builder's order.
     */
    public List<InetSocketAddress> addresses() {
        List<InetSocketAddress> all = new ArrayList<>();
        for (RunningListener listener : listeners) {
            all.addAll(listener.addresses());
        }
        return List.copyOf(all);
    }

    /** How many messages have a recipient without an outcome. */
    public long queueSize() {
        return queue.size();
    }

    /**
     * Takes a message from the application, through the same filters as one from the wire. On
     * return it is durable: the promise of a 250. Recipients that are refused have their outcome
     * then; the others get the message.
     *
     * @param envelope with one recipient or more; its needs of the next hop are found out by us
     * @param content lines that end with a bare CR or LF are mended
     * @throws SubmissionRefusedException if nothing was taken: a filter said no, no recipient was
     *     taken, or the queue cannot take it now
     * @throws IllegalArgumentException if the envelope has no recipient
     * @throws IllegalStateException after {@link #close}
     */
    public Submission submit(Envelope envelope, ContentSource content) {
        return submit(envelope, content, Needed.ANY);
    }

    /**
     * Takes a message as {@link #submit} does, if no recipient is refused; or else nothing of it.
     *
     * @throws SubmissionRefusedException if nothing was taken: a filter said no, a recipient was
     *     refused, or the queue cannot take it now
     * @throws IllegalArgumentException if the envelope has no recipient
     * @throws IllegalStateException after {@link #close}
     */
    public Submission submitToAll(Envelope envelope, ContentSource content) {
        return submit(envelope, content, Needed.ALL);
    }

    private Submission submit(Envelope envelope, ContentSource content, Needed needed) {
        if (envelope.recipients().isEmpty()) {
            throw new IllegalArgumentException("Give the envelope a recipient.");
        }
        if (closing.get()) {
            throw new IllegalStateException("The agent is closed.");
        }
        return new OwnMail(intake, submissions).submit(envelope, content, needed);
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
        if (name != null) {
            NamedAgents.remove(name, this);
        }
        long end = System.nanoTime() + grace.toNanos();
        try {
            listeners.forEach(listener -> quietly("listener", () -> listener.close(left(end))));
            quietly("delivery", () -> delivery.stop(left(end)));
            // No interrupt ends a look-up in its socket; the end of the resolver does.
            if (resolver != null) {
                quietly("resolver", resolver::close);
            }
            if (policies != null) {
                quietly("source of policies", policies::close);
            }
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
