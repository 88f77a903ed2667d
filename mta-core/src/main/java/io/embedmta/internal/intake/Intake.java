package io.embedmta.internal.intake;

import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.internal.runtime.NamedExecutor;
import io.embedmta.listener.Engine;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailWriter;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/** The engine as listeners see it. Thread-safe. */
public final class Intake implements Engine {
    private final String hostname;
    private final MailAddress postmaster;
    private final Clock clock;
    private final Filter filter;
    private final Addressing addressing;
    private final Enqueuer enqueuer;
    private final NamedExecutor threads;
    private final int maxHops;

    /**
     * @param filter never throws
     * @param maxHops how many {@code Received} fields a message may bring
     */
    public Intake(
            String hostname,
            MailAddress postmaster,
            Clock clock,
            Filter filter,
            Addressing addressing,
            Enqueuer enqueuer,
            NamedExecutor threads,
            int maxHops) {
        this.hostname = hostname;
        this.postmaster = postmaster;
        this.clock = clock;
        this.filter = filter;
        this.addressing = addressing;
        this.enqueuer = enqueuer;
        this.threads = threads;
        this.maxHops = maxHops;
    }

    @Override
    public String hostname() {
        return hostname;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Filter filter() {
        return filter;
    }

    @Override
    public MailAddress postmaster() {
        return postmaster;
    }

    @Override
    public Optional<Reply> refusal(SessionView session, MailAddress recipient) {
        return addressing.refusal(session, recipient);
    }

    @Override
    public MessageReception receive() throws IOException {
        QueueId id = enqueuer.nextId();
        MailWriter writer = enqueuer.begin(id);
        try {
            return new MessageReception(id, writer, enqueuer, filter, hostname, clock, maxHops);
        } catch (RuntimeException | Error e) {
            // The queue's own stream is opened on the way, and may fail.
            writer.close();
            throw e;
        }
    }

    @Override
    public void fork(String name, Runnable task) {
        threads.execute(name, task);
    }
}
