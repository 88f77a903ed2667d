package io.embedmta.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All keys of a key store. Its text does not hold the password. */
final class KeyStoreSource implements KeySource {
    private final Path file;
    private final String password;

    KeyStoreSource(Path file, String password) {
        this.file = file;
        this.password = password;
    }

    @Override
    public List<Path> files() {
        return List.of(file);
    }

    @Override
    public List<KeyEntry> load() {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("Cannot read the key store " + file + ".");
        }
        List<KeyEntry> entries = new ArrayList<>();
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, password.toCharArray());
                if (key instanceof PrivateKey own) {
                    entries.add(
                            KeyEntry.of(
                                    file + ", entry " + alias,
                                    own,
                                    chain(store.getCertificateChain(alias))));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "Cannot use the key store " + file + ": " + e.getMessage(), e);
        }
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("The key store " + file + " holds no private key.");
        }
        return entries;
    }

    private static List<X509Certificate> chain(Certificate[] certificates) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : certificates) {
            chain.add((X509Certificate) each);
        }
        return chain;
    }

    @Override
    public String toString() {
        return "key store " + file;
    }
}
