package io.embedmta.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context made from files, and made anew when they change. Each has its own keys from one
 * reading, so that no handshake mixes an old certificate with a new key. Thread-safe.
 */
final class ReloadingContext implements Tls.ContextSource {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingContext.class);

    private static final long LOOK_EVERY = Duration.ofSeconds(1).toNanos();

    private final List<KeySource> sources;
    private final Function<List<KeyEntry>, SSLContext> maker;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private volatile SSLContext context;
    private volatile long lastLook;

    /**
     * Of the files as they were read last. Not of files that could not be used: whatever was wrong,
     * such as an owner who could not read them yet, need not show in their state once it is mended.
     */
    private List<Object> state;

    /** Why they could not be used when they were looked at last; empty if they could. */
    private String failure = "";

    ReloadingContext(
            List<KeySource> sources,
            Function<List<KeyEntry>, SSLContext> maker,
            LongSupplier nanoTime) {
        this.sources = sources;
        this.maker = maker;
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
        this.state = state();
        this.context = maker.apply(load());
    }

    @Override
    public SSLContext current() {
        // Whoever comes while another looks goes on with what there is.
        if (nanoTime.getAsLong() - lastLook >= LOOK_EVERY && lock.tryLock()) {
            try {
                lastLook = nanoTime.getAsLong();
                look();
            } finally {
                lock.unlock();
            }
        }
        return context;
    }

    private void look() {
        // Before they are read: what changes meanwhile is found the next time.
        List<Object> now = state();
        if (now.equals(state)) {
            failure = "";
            return;
        }
        try {
            context = maker.apply(load());
            state = now;
            failure = "";
            LOG.info("The certificates were read anew: {}", sources);
        } catch (RuntimeException e) {
            if (!failure.equals(text(e))) {
                failure = text(e);
                LOG.error(
                        "The changed certificates cannot be used, so the former stay: {}", failure);
            }
        }
    }

    private static String text(RuntimeException e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    private List<Object> state() {
        List<Object> all = new ArrayList<>();
        sources.forEach(source -> all.addAll(source.state()));
        return all;
    }

    private List<KeyEntry> load() {
        List<KeyEntry> all = new ArrayList<>();
        sources.forEach(source -> all.addAll(source.load()));
        return all;
    }
}
