package io.embedmta.dns.https;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.Trust;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question over HTTPS, of a server that proves its name, and hangs up. Thread-safe; each
 * question runs on the caller's thread.
 *
 * <p>Not the JDK's clients: one asks the JVM for addresses where our resolver has to be asked, and
 * follows settings of the whole process for proxies, cookies and passwords; the other has threads
 * of its own. Here a question has one deadline, and no redirect is ever followed.
 */
public final class HttpsClient {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final Trust trust;
    private final Duration timeout;
    private final int maxBody;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SSLSocketFactory factory;

    /**
     * A client.
     *
     * @param trust whom to believe in
     * @param timeout for a whole question
     * @param maxBody octets of an answer
     */
    public HttpsClient(Trust trust, Duration timeout, int maxBody) {
        this.trust = trust;
        this.timeout = timeout;
        this.maxBody = maxBody;
    }

    /**
     * Asks for a document.
     *
     * @param path begins with a slash
     * @throws javax.net.ssl.SSLException if there is no TLS, or the certificate will not do
     * @throws IOException if there is no answer in time, or none that makes sense
     */
    public HttpsAnswer get(Resolver resolver, DnsName host, int port, String path)
            throws IOException {
        return ask(resolver, host, port, head("GET", host, port, path) + "\r\n", new byte[0]);
    }

    /**
     * Hands over a document.
     *
     * @param path begins with a slash
     * @param mediaType of the body
     * @throws javax.net.ssl.SSLException if there is no TLS, or the certificate will not do
     * @throws IOException if there is no answer in time, or none that makes sense
     */
    public HttpsAnswer post(
            Resolver resolver, DnsName host, int port, String path, String mediaType, byte[] body)
            throws IOException {
        String head =
                head("POST", host, port, path)
                        + "Content-Type: "
                        + mediaType
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        return ask(resolver, host, port, head, body);
    }

    private static String head(String method, DnsName host, int port, String path) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\nHost: "
                + host
                + (port == 443 ? "" : ":" + port)
                + "\r\nUser-Agent: Embedded-MTA\r\nAccept: */*\r\nConnection: close\r\n";
    }

    private HttpsAnswer ask(Resolver resolver, DnsName host, int port, String head, byte[] body)
            throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        IOException failure = new UnknownHostException(host + " has no address");
        for (InetAddress address : addresses(resolver, host)) {
            try (DeadlineSocket socket = new DeadlineSocket(deadline)) {
                try {
                    socket.connectTo(new InetSocketAddress(address, port));
                } catch (IOException e) {
                    // Nothing was asked yet, so another address may be.
                    failure = e;
                    continue;
                }
                return ask(socket, host, port, head, body);
            }
        }
        throw failure;
    }

    private static List<InetAddress> addresses(Resolver resolver, DnsName host) throws IOException {
        List<InetAddress> all = new ArrayList<>();
        for (DnsAnswer<? extends InetAddress> answer :
                List.of(resolver.a(host), resolver.aaaa(host))) {
            if (answer instanceof DnsAnswer.Found<? extends InetAddress> found) {
                all.addAll(found.records());
            } else if (answer instanceof DnsAnswer.TemporaryFailure<?> failure && all.isEmpty()) {
                throw new UnknownHostException(
                        "the address of " + host + " cannot be looked up now: " + failure.reason());
            }
        }
        return all;
    }

    private HttpsAnswer ask(DeadlineSocket wire, DnsName host, int port, String head, byte[] body)
            throws IOException {
        try (SSLSocket socket = (SSLSocket) factory().createSocket(wire, host.text(), port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(VERSIONS);
            // RFC 8461 §3.3 and RFC 9110 §4.3.4: the certificate is for the name that was asked.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            return new AnswerReader(new BufferedInputStream(socket.getInputStream()), maxBody)
                    .read();
        }
    }

    /** Made when it is needed first: to read the system's anchors takes a while. */
    private SSLSocketFactory factory() throws IOException {
        lock.lock();
        try {
            SSLSocketFactory made = factory;
            if (made == null) {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, Anchors.trustManagers(trust), null);
                made = context.getSocketFactory();
                factory = made;
            }
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("the trust anchors cannot be used: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }
}
