package io.embedmta.examples.relay;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.dns.DnsResolver;
import io.embedmta.dns.mtasts.MtaSts;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.queue.QueueControl;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.route.Route;
import io.embedmta.store.journal.JournalQueue;
import io.embedmta.store.maildir.Maildir;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The relay itself. */
final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private Relay() {}

    /** Runs until the process is told to stop. */
    static void run(List<String> arguments, PrintStream out)
            throws CommandFailure, InterruptedException {
        RelayOptions options;
        MtaBuilder builder;
        try {
            options = RelayOptions.parse(arguments);
            if (options.help()) {
                out.println(RelayOptions.USAGE);
                return;
            }
            builder = build(options);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrong(e);
        }
        if (options.spool().isPresent()) {
            Path spool = options.spool().get();
            JournalQueue queue = Spools.open(spool);
            builder.queue(queue).domainPolicies(policies(options, keptIn(spool)));
            serve(options, start(builder), openControl(spool, queue), out);
        } else {
            Mta mta = start(builder.domainPolicies(policies(options, MtaSts.inMemory())));
            LOG.warn("Queued mail is lost with this process; --spool DIR keeps it on disk");
            serve(options, mta, Optional.empty(), out);
        }
    }

    private static MtaBuilder build(RelayOptions options) {
        SmtpLimits limits = SmtpLimits.defaults();
        if (options.maxSize() > 0) {
            limits = limits.withMessageSize(options.maxSize());
        }
        RetrySchedule schedule = RetrySchedule.defaults().withExpireAfter(options.expire());
        if (!options.retry().isEmpty()) {
            schedule = schedule.withDelays(options.retry().toArray(Duration[]::new));
        }
        MtaBuilder builder =
                Mta.builder(options.hostname())
                        .retry(schedule)
                        .remotePort(options.remotePort())
                        .resolver(resolver(options))
                        .route(way(options));
        Listeners.of(options, limits).forEach(builder::listener);
        options.domains()
                .forEach((name, directory) -> builder.store(name, Maildir.at(made(directory))));
        return builder;
    }

    private static DnsResolver resolver(RelayOptions options) {
        return options.dnssec()
                .applyTo(options.dns().map(DnsResolver::of).orElseGet(DnsResolver::system));
    }

    private static MtaSts policies(RelayOptions options, MtaSts kept) {
        return kept.trusting(options.tlsOut().trust());
    }

    /** With a durable queue, what domains demand is remembered as durably, if it can be. */
    private static MtaSts keptIn(Path spool) {
        try {
            return MtaSts.cachedIn(spool.resolve("mta-sts"));
        } catch (UncheckedIOException e) {
            LOG.warn("MTA-STS policies are lost with this process: {}", e.getMessage());
            return MtaSts.inMemory();
        }
    }

    private static Route way(RelayOptions options) {
        return options.smartHost().isPresent()
                ? options.smartHost().get().tls(options.tlsOut())
                : Route.mailExchangers().tls(options.tlsOut());
    }

    /** A directory that cannot be is found now, not when the first message is there. */
    private static Path made(Path mailboxes) {
        try {
            return Files.createDirectories(mailboxes);
        } catch (IOException e) {
            throw new IllegalArgumentException("--domain: " + Spools.sentence(e), e);
        }
    }

    /** Where this fails, it has closed the queue. */
    private static Mta start(MtaBuilder builder) throws CommandFailure {
        try {
            return builder.start();
        } catch (UncheckedIOException | IllegalArgumentException e) {
            throw CommandFailure.wrong(e);
        }
    }

    /** Mail is no worse off without it, so the relay runs nevertheless. */
    private static Optional<ControlSocket> openControl(Path spool, QueueControl queue) {
        try {
            return Optional.of(ControlSocket.open(spool, queue, Clock.systemUTC()));
        } catch (IOException e) {
            LOG.warn("The queue command cannot reach this relay: {}", Spools.sentence(e));
            return Optional.empty();
        }
    }

    private static void serve(
            RelayOptions options, Mta mta, Optional<ControlSocket> control, PrintStream out)
            throws InterruptedException {
        // SIGTERM and Ctrl-C: what is under way ends, then the process does.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    control.ifPresent(ControlSocket::close);
                                    mta.close();
                                },
                                "shutdown"));
        out.println("ready " + Listeners.names(options, mta.addresses()));
        out.flush();
        mta.awaitShutdown();
    }
}
