package io.embedmta.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificate a client is shown, and which files can be used. */
class TlsTest {
    private static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

    private final TestAuthority authority = TestAuthority.create();

    @TempDir Path folder;

    private Tls pem(TestAuthority.Identity identity) {
        String name = String.valueOf(identity.certificate().getSerialNumber());
        return Tls.pem(
                identity.writeChain(folder.resolve(name + ".crt")),
                identity.writeKey(folder.resolve(name + ".key")));
    }

    private static IllegalArgumentException refused(Path chain, Path key) {
        return assertThrows(IllegalArgumentException.class, () -> Tls.pem(chain, key));
    }

    private static void assertSays(String part, Exception e) {
        assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    }

    // Names.

    @Test
    void names_chooseTheCertificate() throws Exception {
        TestAuthority.Identity first = authority.issue("mx.a.example");
        TestAuthority.Identity wild = authority.issue("*.b.example");
        TestAuthority.Identity exact = authority.issue("mail.b.example", "b.example");
        Tls tls = pem(first).and(pem(wild)).and(pem(exact));
        assertEquals(first.certificate(), Handshake.shownTo("", tls));
        assertEquals(first.certificate(), Handshake.shownTo("mx.a.example", tls));
        assertEquals(first.certificate(), Handshake.shownTo("mx.unknown.example", tls));
        assertEquals(wild.certificate(), Handshake.shownTo("mx.b.example", tls));
        assertEquals(exact.certificate(), Handshake.shownTo("MAIL.b.example", tls));
        assertEquals(exact.certificate(), Handshake.shownTo("b.example", tls));
        assertEquals(first.certificate(), Handshake.shownTo("a.mx.b.example", tls));
    }

    @Test
    void kindsOfKey_areChosenByWhatTheClientCan() throws Exception {
        TestAuthority.Identity rsa = authority.issueRsa("mx.a.example");
        TestAuthority.Identity ec = authority.issue("mx.a.example");
        TestAuthority.Identity other = authority.issue("mx.b.example");
        Tls tls = pem(rsa).and(pem(ec)).and(pem(other));
        for (String name : List.of("mx.a.example", "")) {
            assertEquals(ec.certificate(), Handshake.shownTo(name, tls, "TLSv1.2", ECDSA));
            assertEquals(rsa.certificate(), Handshake.shownTo(name, tls, "TLSv1.2", RSA));
        }
        assertThrows(
                SSLHandshakeException.class,
                () -> Handshake.shownTo("mx.b.example", tls, "TLSv1.2", RSA));
    }

    // Forms of keys.

    @Test
    void keys_inOlderForms_areRead() throws Exception {
        for (TestAuthority.Identity each :
                List.of(authority.issueRsa("mx.a.example"), authority.issue("mx.a.example"))) {
            Path chain = each.writeChain(folder.resolve("old.crt"));
            // PKCS#1 or SEC1, with the parameters of the curve in front as OpenSSL writes them.
            String pem = older(each.key());
            assertTrue(pem.contains("BEGIN RSA PRIVATE") || pem.contains("BEGIN EC PRIVATE"), pem);
            String parameters =
                    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
            Path key = Files.writeString(folder.resolve("old.key"), parameters + pem);
            assertEquals(
                    each.certificate(), Handshake.shownTo("mx.a.example", Tls.pem(chain, key)));
        }
    }

    /** RFC 8446 §4.2.3 has signatures of their own for them. */
    @Test
    void keys_forPssAlone_areUsed() throws Exception {
        for (String hash : List.of("", "SHA-256", "SHA-384")) {
            PSSParameterSpec parameters =
                    hash.isEmpty()
                            ? null
                            : new PSSParameterSpec(
                                    hash,
                                    "MGF1",
                                    new MGF1ParameterSpec(hash),
                                    hash.equals("SHA-256") ? 32 : 48,
                                    1);
            TestAuthority.Identity own = authority.issuePss(parameters, "mx.a.example");
            assertEquals(own.certificate(), Handshake.shownTo("mx.a.example", pem(own)), hash);
            TestAuthority.Identity other = authority.issuePss(parameters, "mx.a.example");
            assertSays(
                    "do not belong together",
                    refused(
                            own.writeChain(folder.resolve("pss.crt")),
                            other.writeKey(folder.resolve("pss.key"))));
        }
    }

    private static String older(PrivateKey key) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(key);
        }
        return text.toString();
    }

    @Test
    void keyStore_isRead_andForgetsNoEntry() throws Exception {
        TestAuthority.Identity a = authority.issue("mx.a.example");
        TestAuthority.Identity b = authority.intermediate().issueRsa("mx.b.example");
        Path file = folder.resolve("store.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = "s3cret".toCharArray();
        store.setKeyEntry("a", a.key(), password, a.chain().toArray(X509Certificate[]::new));
        store.setKeyEntry("b", b.key(), password, b.chain().toArray(X509Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        Tls tls = Tls.keyStore(file, "s3cret");
        assertEquals(a.certificate(), Handshake.shownTo("mx.a.example", tls));
        assertEquals(b.certificate(), Handshake.shownTo("mx.b.example", tls));
        IllegalArgumentException wrong =
                assertThrows(IllegalArgumentException.class, () -> Tls.keyStore(file, "wr0ng"));
        assertSays(file.toString(), wrong);
        assertTrue(!wrong.toString().contains("wr0ng"), wrong.toString());
        assertSays(
                "Cannot read",
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Tls.keyStore(folder.resolve("none.p12"), "s3cret")));
    }

    // Mistakes.

    @Test
    void mistakes_areSaidAtOnce() throws IOException {
        TestAuthority.Identity own = authority.intermediate().issue("mx.a.example");
        TestAuthority.Identity other = authority.issue("mx.a.example");
        TestAuthority.Identity rsa = authority.issueRsa("mx.a.example");
        Path chain = own.writeChain(folder.resolve("chain"));
        Path key = own.writeKey(folder.resolve("key"));
        Path empty = Files.writeString(folder.resolve("empty"), "");

        assertSays("belong together", refused(chain, other.writeKey(folder.resolve("k2"))));
        assertSays("EC", refused(chain, rsa.writeKey(folder.resolve("k3"))));
        Path oldRsa = Files.writeString(folder.resolve("k4"), older(rsa.key()));
        assertSays("RSA key", refused(chain, oldRsa));
        assertSays("no certificate", refused(key, key));
        assertSays("no private key", refused(chain, chain));
        assertSays("no certificate", refused(empty, key));
        assertSays("Cannot read", refused(folder.resolve("missing"), key));
        Path reversed = folder.resolve("reversed");
        TestAuthority.Identity upsideDown =
                new TestAuthority.Identity(
                        own.key(), List.of(own.chain().get(1), own.chain().get(0)));
        assertSays("stand first", refused(upsideDown.writeChain(reversed), key));
        Path broken =
                Files.writeString(
                        folder.resolve("broken"),
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertSays("malformed", refused(broken, key));
    }

    @Test
    void encryptedKeys_areRefusedByName() throws Exception {
        TestAuthority.Identity own = authority.issueRsa("mx.a.example");
        Path chain = own.writeChain(folder.resolve("chain"));
        StringWriter old = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(old)) {
            writer.writeObject(
                    own.key(),
                    new JcePEMEncryptorBuilder("AES-128-CBC")
                            .setProvider(new BouncyCastleProvider())
                            .build("secret".toCharArray()));
        }
        assertTrue(old.toString().contains("Proc-Type: 4,ENCRYPTED"), old.toString());
        Path key = Files.writeString(folder.resolve("key"), old.toString());
        assertSays("is encrypted; decrypt it", refused(chain, key));
        Files.writeString(key, own.pemKey().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        assertSays("is encrypted; decrypt it", refused(chain, key));
    }

    @Test
    void and_withContext_isRefused() throws Exception {
        Tls context = Tls.context(SSLContext.getDefault());
        Tls own = pem(authority.issue("mx.a.example"));
        assertThrows(IllegalArgumentException.class, () -> own.and(context));
        assertThrows(IllegalArgumentException.class, () -> context.and(own));
    }

    @Test
    void engine_speaksNothingOld() {
        Tls tls = pem(authority.issue("mx.a.example"));
        assertEquals(
                List.of("TLSv1.3", "TLSv1.2"),
                List.of(tls.newServerEngine().getEnabledProtocols()));
        for (String suite : tls.newServerEngine().getEnabledCipherSuites()) {
            assertTrue(!suite.matches(".*(_anon_|NULL|EXPORT|RC4|_DES_|3DES).*"), suite);
        }
    }

    @Test
    void certificate_thatIsOver_isAWarning_notAMistake() throws Exception {
        TestAuthority.Identity over = authority.issueExpired("mx.a.example");
        assertEquals(over.certificate(), Handshake.shownTo("", pem(over)));
        KeyEntry entry = KeyEntry.of("here", over.key(), over.chain());
        assertTrue(entry.warning().orElseThrow().contains("is over since"));
        TestAuthority.Identity good = authority.issue("mx.a.example");
        assertTrue(KeyEntry.of("here", good.key(), good.chain()).warning().isEmpty());
    }

    // Reloading.

    @Test
    void changedFiles_areReadAnew_butNotMoreThanOnceASecond() throws Exception {
        AtomicLong time = new AtomicLong();
        TestAuthority.Identity old = authority.issue("mx.a.example");
        Path chain = old.writeChain(folder.resolve("chain"));
        Path key = old.writeKey(folder.resolve("key"));
        Tls tls = Tls.pem(chain, key, time::get);

        TestAuthority.Identity renewed = authority.intermediate().issue("mx.a.example");
        renewed.writeChain(chain);
        // Half of it is there: the old one stays.
        time.addAndGet(1_000_000_000L);
        assertEquals(old.certificate(), Handshake.shownTo("", tls));
        renewed.writeKey(folder.resolve("key.new"));
        Files.move(folder.resolve("key.new"), key, StandardCopyOption.REPLACE_EXISTING);
        time.addAndGet(999_999_999L);
        assertEquals(old.certificate(), Handshake.shownTo("", tls));
        time.addAndGet(1);
        assertEquals(renewed.certificate(), Handshake.shownTo("", tls));
        Files.delete(chain);
        time.addAndGet(1_000_000_000L);
        assertEquals(renewed.certificate(), Handshake.shownTo("", tls));
    }

    /** As where their owner could not read them for a moment: their state does not tell of that. */
    @Test
    void filesThatAreMendedInPlace_areReadAnew() throws Exception {
        AtomicLong time = new AtomicLong();
        TestAuthority.Identity old = authority.issue("mx.a.example");
        Path chain = old.writeChain(folder.resolve("chain"));
        Path key = old.writeKey(folder.resolve("key"));
        Tls tls = Tls.pem(chain, key, time::get);

        TestAuthority.Identity renewed = authority.intermediate().issue("mx.a.example");
        renewed.writeKey(key);
        renewed.writeChain(chain);
        byte[] good = Files.readAllBytes(chain);
        Files.write(chain, new byte[good.length]);
        FileTime modified = Files.getLastModifiedTime(chain);
        time.addAndGet(1_000_000_000L);
        assertEquals(old.certificate(), Handshake.shownTo("", tls));
        Files.write(chain, good);
        Files.setLastModifiedTime(chain, modified);
        time.addAndGet(1_000_000_000L);
        assertEquals(renewed.certificate(), Handshake.shownTo("", tls));
    }

    @Test
    void linksThatAreSwapped_areFollowed() throws Exception {
        AtomicLong time = new AtomicLong();
        TestAuthority.Identity old = authority.issue("mx.a.example");
        TestAuthority.Identity renewed = authority.issue("mx.a.example");
        old.writeChain(folder.resolve("chain1.pem"));
        old.writeKey(folder.resolve("key1.pem"));
        renewed.writeChain(folder.resolve("chain2.pem"));
        renewed.writeKey(folder.resolve("key2.pem"));
        link("chain", "chain1.pem");
        link("key", "key1.pem");
        Tls tls = Tls.pem(folder.resolve("chain"), folder.resolve("key"), time::get);
        link("chain", "chain2.pem");
        link("key", "key2.pem");
        time.addAndGet(1_000_000_000L);
        assertEquals(renewed.certificate(), Handshake.shownTo("", tls));
    }

    private void link(String name, String target) throws IOException {
        Path made = Files.createSymbolicLink(folder.resolve("link"), Path.of(target));
        Files.move(
                made,
                folder.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
