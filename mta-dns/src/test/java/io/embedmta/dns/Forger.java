package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.xbill.DNS.Message;

/** Stands between resolvers and a name server, and alters what that says. For one thread. */
final class Forger implements AutoCloseable {
    /** Thrown by a forgery that lets no reply through. */
    static final class Silence extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final List<FakeNameServer> servers = new ArrayList<>();
    private final List<DnsResolver> resolvers = new ArrayList<>();

    /**
     * A resolver that hears what is made of the true replies. It is closed with this.
     *
     * @param anchors of the zones that it validates
     */
    DnsResolver heardOf(KnotServer knot, Path anchors, Function<Message, Message> forgery)
            throws IOException {
        FakeNameServer server = FakeNameServer.sending(query -> replies(knot, query, forgery));
        servers.add(server);
        DnsResolver resolver =
                DnsResolver.of(server.address())
                        .withTrustAnchor(anchors)
                        .withTimeout(Duration.ofSeconds(20))
                        .withTries(1);
        resolvers.add(resolver);
        return resolver;
    }

    private static List<byte[]> replies(
            KnotServer knot, Message query, Function<Message, Message> forgery) {
        try {
            return List.of(forgery.apply(truth(knot, query)).toWire());
        } catch (Silence e) {
            return List.of();
        }
    }

    private static Message truth(KnotServer knot, Message query) {
        try {
            return DnsProbe.ask(knot.address(), query).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many questions have come. */
    int questions() {
        return servers.stream().mapToInt(server -> server.queries.size()).sum();
    }

    @Override
    public void close() {
        resolvers.forEach(DnsResolver::close);
        servers.forEach(FakeNameServer::close);
    }
}
