package io.embedmta.dns.https;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.Trust;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Asks HTTPS servers that prove their name. It follows no redirect, uses no proxy, keeps no
 * connection and no cookie, and never logs in. Thread-safe.
 */
public final class HttpsClient implements AutoCloseable {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final Trust trust;
    private final Predicate<InetAddress> allowed;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SSLContext context;
    private volatile boolean closed;

    /**
     * A client.
     *
     * @param trust who may vouch for servers
     * @param allowed where connections may be made to
     */
    public HttpsClient(Trust trust, Predicate<InetAddress> allowed) {
        this.trust = trust;
        this.allowed = allowed;
    }

    /**
     * Makes the request, once.
     *
     * @param resolver gives the server's addresses; its own time is not part of the limit
     * @param limit for all of it, from connecting to the last octet of the answer
     * @param maxBody octets of an answer
     * @throws CertificateRefusedException if the server does not prove its name
     * @throws IOException if there is no answer in time, or none that can be understood
     */
    public HttpsResponse exchange(
            HttpsRequest request, Resolver resolver, Duration limit, int maxBody)
            throws IOException {
        List<InetAddress> addresses = addresses(request.host(), resolver);
        TimeLimit whole = TimeLimit.in(limit);
        IOException failure = null;
        for (int i = 0; i < addresses.size(); i++) {
            InetSocketAddress to = new InetSocketAddress(addresses.get(i), request.port());
            TlsChannel channel = new TlsChannel(engine(request), whole);
            open.add(channel);
            try (channel) {
                if (closed) {
                    throw new IOException("the client is closed");
                }
                try {
                    channel.connect(to, whole.share(addresses.size() - i));
                } catch (IOException e) {
                    // A server behind several addresses may be away at one.
                    failure = e;
                    continue;
                }
                return exchange(request, channel, maxBody);
            } finally {
                open.remove(channel);
            }
        }
        throw new IOException(
                "no connection to " + request.host() + " on port " + request.port(), failure);
    }

    private static HttpsResponse exchange(HttpsRequest request, TlsChannel channel, int maxBody)
            throws IOException {
        try {
            return exchangeUnguarded(request, channel, maxBody);
        } catch (RuntimeException e) {
            // Of a server that sends what TLS did not think of.
            throw new IOException("the exchange with " + request.host() + " failed: " + e, e);
        }
    }

    private static HttpsResponse exchangeUnguarded(
            HttpsRequest request, TlsChannel channel, int maxBody) throws IOException {
        try {
            channel.handshake();
        } catch (SSLException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    throw new CertificateRefusedException(
                            "certificate refused: " + e.getMessage(), e);
                }
            }
            throw e;
        }
        ServerName.check(request.host(), channel.session());
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes(request.head());
        request.body().ifPresent(posted -> octets.writeBytes(posted.octets()));
        channel.write(octets.toByteArray());
        return new ResponseReader(new BufferedInputStream(channel.input()), maxBody).read();
    }

    private SSLEngine engine(HttpsRequest request) throws IOException {
        SSLEngine engine = context().createSSLEngine(request.host(), request.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        // The JDK's check of the name, and SNI with it; ServerName is stricter still.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Made when it is needed first: reading the system's anchors takes a while. */
    private SSLContext context() throws IOException {
        lock.lock();
        try {
            SSLContext made = context;
            if (made == null) {
                made = Anchors.context(trust);
                context = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private List<InetAddress> addresses(String host, Resolver resolver) throws IOException {
        DnsName name = DnsName.of(host);
        List<InetAddress> found = new ArrayList<>();
        addAll(resolver.a(name), found);
        addAll(resolver.aaaa(name), found);
        if (found.isEmpty()) {
            throw new UnknownHostException("no address of " + host);
        }
        found.removeIf(allowed.negate());
        if (found.isEmpty()) {
            throw new UnknownHostException("no public address of " + host);
        }
        return found;
    }

    private static <T extends InetAddress> void addAll(DnsAnswer<T> answer, List<InetAddress> to) {
        if (answer instanceof DnsAnswer.Found<T> found) {
            to.addAll(found.records());
        }
    }

    /** Ends exchanges under way; later ones fail. Idempotent. */
    @Override
    public void close() {
        closed = true;
        for (Closeable channel : open) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is of no use either way.
            }
        }
    }
}
