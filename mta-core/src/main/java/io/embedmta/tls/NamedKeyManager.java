package io.embedmta.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate by the name that the client asks for and the kinds of key that it can use.
 * The JDK asks for one kind after the other, in the client's order. Immutable.
 */
final class NamedKeyManager extends X509ExtendedKeyManager {
    private final List<KeyEntry> entries;

    NamedKeyManager(List<KeyEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        List<KeyEntry> fitting = fitting(requestedName(engine.getHandshakeSession()));
        for (KeyEntry entry : fitting) {
            if (entry.keyType().equals(keyType)) {
                return String.valueOf(entries.indexOf(entry));
            }
        }
        return null;
    }

    private static String requestedName(SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
        }
        return "";
    }

    private List<KeyEntry> fitting(String name) {
        List<KeyEntry> exact = those(entry -> entry.isFor(name));
        if (!exact.isEmpty()) {
            return exact;
        }
        List<KeyEntry> wild = those(entry -> entry.isForByWildcard(name));
        return wild.isEmpty() ? standard() : wild;
    }

    /** The first, and others for the same name with other kinds of key. */
    private List<KeyEntry> standard() {
        KeyEntry first = entries.get(0);
        return those(
                entry ->
                        entry.equals(first)
                                || entry.names().stream().anyMatch(first.names()::contains));
    }

    private List<KeyEntry> those(Predicate<KeyEntry> test) {
        return entries.stream().filter(test).toList();
    }

    private @Nullable KeyEntry entry(String alias) {
        return IntStream.range(0, entries.size())
                .filter(i -> String.valueOf(i).equals(alias))
                .mapToObj(entries::get)
                .findFirst()
                .orElse(null);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        KeyEntry entry = entry(alias);
        return entry == null ? null : entry.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        KeyEntry entry = entry(alias);
        return entry == null ? null : entry.key();
    }

    // Of the other roles a server has none.

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
