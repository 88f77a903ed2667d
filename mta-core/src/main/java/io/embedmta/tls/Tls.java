package io.embedmta.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a listener shows its clients: keys and certificates. Thread-safe; each method returns a
 * changed copy.
 *
 * <p>Files are read when a value is made, so that a mistake shows at start. They are looked at
 * again during handshakes, once a second at most, and read again when they have changed. What
 * cannot be used then, such as a file that is half written, changes nothing: the log says so once,
 * and the former certificate stays.
 *
 * <p>TLS 1.2 and 1.3 are spoken, with the cipher suites that the JVM allows, in its order: those
 * with forward secrecy first. The others are left to servers that know no better, since without
 * them their mail would come in plain text.
 */
public final class Tls {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final List<KeySource> sources;
    private final @Nullable ClientAuthorities clients;
    private final LongSupplier nanoTime;
    private final ContextSource contexts;

    private Tls(
            List<KeySource> sources,
            @Nullable SSLContext given,
            @Nullable ClientAuthorities clients,
            LongSupplier nanoTime) {
        this.sources = sources;
        this.clients = clients;
        this.nanoTime = nanoTime;
        this.contexts =
                given != null
                        ? () -> given
                        : new ReloadingContext(sources, each -> context(each, clients), nanoTime);
    }

    /** Gives the context of the next handshake. */
    @FunctionalInterface
    interface ContextSource {
        SSLContext current();
    }

    /**
     * A certificate and its key, from PEM files, which may be one and the same.
     *
     * @param chain the certificate of the server first, then those that lead to an authority
     * @param key unencrypted, in PKCS#8, or in the older forms of RSA (PKCS#1) and EC (SEC1)
     * @throws IllegalArgumentException if a file cannot be read or used, or the key does not belong
     *     to the certificate; the message says which and why
     */
    public static Tls pem(Path chain, Path key) {
        return pem(chain, key, System::nanoTime);
    }

    static Tls pem(Path chain, Path key, LongSupplier nanoTime) {
        return new Tls(List.of(new PemSource(chain, key)), null, null, nanoTime);
    }

    /**
     * All keys of a key store, with their certificates.
     *
     * @param file in PKCS#12 or JKS
     * @param password of the store and of each key
     * @throws IllegalArgumentException if the file cannot be read or used; the message says why
     */
    public static Tls keyStore(Path file, String password) {
        return new Tls(List.of(new KeyStoreSource(file, password)), null, null, System::nanoTime);
    }

    /**
     * What an application has set up itself. Its own key managers choose the certificate, its own
     * trust managers judge those of clients, and reloading is its own affair.
     */
    public static Tls context(SSLContext context) {
        return new Tls(List.of(), context, null, System::nanoTime);
    }

    /**
     * These certificates, and the other's. A client that asks for a name (SNI, RFC 6066 §3) gets
     * one for that name, rather one that names it in full than one with a wildcard; a client that
     * asks for none, or for one that is not ours, gets the first, or one for the same name. Of an
     * EC and an RSA certificate for one name a client gets the one that it can use. The JDK ends
     * the handshake of a client that asks for a name with a dot at its end, or with an underscore.
     *
     * @throws IllegalArgumentException if either was made from an {@link SSLContext}
     */
    public Tls and(Tls other) {
        if (sources.isEmpty() || other.sources.isEmpty()) {
            throw new IllegalArgumentException(
                    "An SSLContext chooses its certificates itself; give all of them to it.");
        }
        List<KeySource> all = new ArrayList<>(sources);
        all.addAll(other.sources);
        return new Tls(List.copyOf(all), null, clients, nanoTime);
    }

    /**
     * Asks clients for a certificate. Whatever a client shows is taken, once it has proved that it
     * has the key: it is information for filters ({@code SessionView.tls()}), which judge it, and
     * no reason to fail a handshake. So is none at all. Most servers on the internet show one that
     * leads nowhere. But the JDK ends the handshake of a client of TLS 1.2 whose certificate has a
     * key that it does not know, such as one on the curve secp256k1.
     *
     * @param authorities named to the clients, so that one with several certificates can choose; no
     *     others are shut out by it
     */
    public Tls askForClientCertificates(X509Certificate... authorities) {
        ClientAuthorities asked = new ClientAuthorities(List.of(authorities));
        return sources.isEmpty()
                ? new Tls(sources, contexts.current(), asked, nanoTime)
                : new Tls(sources, null, asked, nanoTime);
    }

    /** The server's side of a new connection; for listeners, one each. */
    public SSLEngine newServerEngine() {
        SSLEngine engine = contexts.current().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setWantClientAuth(clients != null);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLContext context(List<KeyEntry> entries, @Nullable ClientAuthorities clients) {
        entries.forEach(entry -> entry.warning().ifPresent(LOG::warn));
        ClientAuthorities authorities = clients != null ? clients : ClientAuthorities.NONE;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new NamedKeyManager(entries)},
                    new TrustManager[] {authorities},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no TLS.", e);
        }
    }
}
