package io.embedmta.tls;

import io.embedmta.internal.files.Reloaded;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/**
 * The context made from files, and made anew when they change. Each has its own keys from one
 * reading, so that no handshake mixes an old certificate with a new key. Thread-safe.
 */
final class ReloadingContext implements Tls.ContextSource {
    private final Reloaded<SSLContext> context;

    ReloadingContext(
            List<KeySource> sources,
            Function<List<KeyEntry>, SSLContext> maker,
            LongSupplier nanoTime) {
        context =
                new Reloaded<>(
                        "certificates",
                        sources.stream().flatMap(source -> source.files().stream()).toList(),
                        () -> maker.apply(load(sources)),
                        nanoTime);
    }

    @Override
    public SSLContext current() {
        return context.current();
    }

    private static List<KeyEntry> load(List<KeySource> sources) {
        List<KeyEntry> all = new ArrayList<>();
        sources.forEach(source -> all.addAll(source.load()));
        return all;
    }
}
