package io.embedmta.testing;

import io.embedmta.Mta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A complete relay in a test: the agent of production with queue and retries, in front of {@link
 * FakeMail}s that play the mail exchangers of the world, under a clock that the test moves. Days of
 * retries pass in milliseconds. Thread-safe, but for {@link #advance}. A test closes it.
 *
 * <pre>{@code
 * try (FakeRelay relay =
 *         FakeMail.builder()
 *                 .withRelay("relay.example.org")
 *                 .exchanger("mx1.example.net", 10, "example.net")
 *                 .exchanger("mx2.example.net", 20, "example.net")
 *                 .exchanger("mx.example.org", 10, "example.org")
 *                 .start()) {
 *     relay.down("mx1.example.net");
 *     relay.exchanger("mx2.example.net").on(rcpt()).times(1).reply(451, "4.7.1", "greylisted");
 *     app.configure(relay.smtpProperties());
 *     app.signUp("ann@example.net");
 *     relay.advance(Duration.ofHours(1));
 *     relay.exchanger("mx2.example.net").await(to("ann@example.net"));
 * }
 * }</pre>
 */
public final class FakeRelay implements AutoCloseable {
    private final Mta mta;
    private final ManualClock clock;
    private final WatchedQueue queue;
    private final FakeNetwork network;
    private final Map<String, FakeMail> exchangers;
    private final Map<String, InetAddress> addresses;
    private final Duration patience;

    FakeRelay(
            Mta mta,
            ManualClock clock,
            WatchedQueue queue,
            FakeNetwork network,
            Map<String, FakeMail> exchangers,
            Map<String, InetAddress> addresses,
            Duration patience) {
        this.mta = mta;
        this.clock = clock;
        this.queue = queue;
        this.network = network;
        this.exchangers = exchangers;
        this.addresses = addresses;
        this.patience = patience;
    }

    /** The relay itself, for mail that is submitted without a socket, and for its events. */
    public Mta mta() {
        return mta;
    }

    /** The clock of the relay and of its exchangers. */
    public ManualClock clock() {
        return clock;
    }

    /** What Jakarta Mail is to be told to send by the relay. A new object each time. */
    public Properties smtpProperties() {
        Properties properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", Integer.toString(port()));
        return properties;
    }

    /** The port of 127.0.0.1 that the relay listens on. */
    public int port() {
        return mta.addresses().get(0).getPort();
    }

    /**
     * The server that plays an exchanger.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public FakeMail exchanger(String name) {
        return known(exchangers.get(name), name);
    }

    private <T> T known(@Nullable T found, String name) {
        if (found == null) {
            throw new IllegalArgumentException(
                    "There is no exchanger " + name + ", but " + exchangers.keySet() + ".");
        }
        return found;
    }

    /** Has an exchanger refuse connections, and cuts those there are. */
    public void down(String exchanger) {
        try {
            network.down(known(addresses.get(exchanger), exchanger));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has an exchanger take connections again. */
    public void up(String exchanger) {
        network.up(known(addresses.get(exchanger), exchanger));
    }

    /**
     * Waits until the relay has made every attempt that is due now.
     *
     * @throws AssertionError if that takes longer than the timeout in real time, as where an
     *     exchanger was told to stall
     */
    public void settle() {
        if (!queue.awaitIdle(patience)) {
            throw new AssertionError(
                    "The relay has attempts under way after "
                            + patience.toMillis()
                            + " ms: does an exchanger stall?");
        }
    }

    /**
     * Moves the time on, and has the relay do all that is due meanwhile, in its order: retries,
     * warnings of a delay, the end of its patience. On return, nothing is due.
     *
     * @param duration zero or more
     * @throws AssertionError as {@link #settle}
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Move the clock forward, by zero or more.");
        }
        Instant end = clock.instant().plus(duration);
        settle();
        Optional<Instant> due = nextDue(end);
        while (due.isPresent()) {
            clock.advanceTo(due.get());
            settle();
            due = nextDue(end);
        }
        clock.advanceTo(end);
        settle();
    }

    private Optional<Instant> nextDue(Instant end) {
        return queue.nextDue().filter(due -> !due.isAfter(end));
    }

    /**
     * Ends the relay and its exchangers. What is queued still is forgotten.
     *
     * @throws AssertionError if a fault rule was never used, or not told what to do
     */
    @Override
    public void close() {
        mta.close();
        StringBuilder complaints = new StringBuilder();
        for (Map.Entry<String, FakeMail> each : exchangers.entrySet()) {
            try {
                each.getValue().close();
            } catch (AssertionError e) {
                complaints.append(each.getKey()).append(": ").append(e.getMessage()).append('\n');
            }
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError(complaints.toString().strip());
        }
    }
}
