package io.embedmta.examples.relay;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.dns.DnsResolver;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.store.maildir.Maildir;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.stream.Collectors;

/** A mail relay: {@code java -jar mta-relay.jar --help}. */
public final class RelayCommand {

    private RelayCommand() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) throws InterruptedException {
        RelayOptions options;
        try {
            options = RelayOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            fail(e.getMessage());
            return;
        }
        if (options.help()) {
            System.out.println(RelayOptions.USAGE);
            return;
        }
        run(options, System.out);
    }

    private static void run(RelayOptions options, PrintStream out) throws InterruptedException {
        Mta mta;
        try {
            mta = build(options).start();
        } catch (UncheckedIOException | IllegalArgumentException e) {
            fail(e.getMessage());
            return;
        }
        // SIGTERM and Ctrl-C: what is under way ends, then the process does.
        Runtime.getRuntime().addShutdownHook(new Thread(mta::close, "shutdown"));
        out.println("ready " + addresses(mta));
        out.flush();
        mta.awaitShutdown();
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
                        .resolver(
                                options.dns().map(DnsResolver::of).orElseGet(DnsResolver::system));
        for (InetSocketAddress address : options.listen()) {
            builder.listener(
                    SmtpListener.on(address)
                            .relayFrom(options.relayFrom().toArray(String[]::new))
                            .limits(limits));
        }
        options.domains().forEach((name, directory) -> builder.store(name, Maildir.at(directory)));
        options.smartHost().ifPresent(builder::route);
        return builder;
    }

    private static String addresses(Mta mta) {
        return mta.addresses().stream()
                .map(address -> "smtp=" + RelayOptions.HostAndPort.of(address))
                .collect(Collectors.joining(" "));
    }

    private static void fail(String message) {
        System.err.println("mta-relay: " + message);
        System.exit(2);
    }
}
