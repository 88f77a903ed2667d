package io.embedmta.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A certificate with its chain, and its key, in PEM files. */
record PemSource(Path chain, Path key) implements KeySource {

    @Override
    public List<Path> files() {
        return List.of(chain, key);
    }

    @Override
    public List<KeyEntry> load() {
        List<X509Certificate> certificates = PemFile.read(chain).certificates();
        PrivateKey found = PemFile.read(key).privateKey(certificates.get(0).getPublicKey());
        return List.of(KeyEntry.of(chain + " and " + key, found, certificates));
    }
}
