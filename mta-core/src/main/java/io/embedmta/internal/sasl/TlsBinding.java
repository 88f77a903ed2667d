package io.embedmta.internal.sasl;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channel bindings of a TLS connection. For as long as its session. */
public final class TlsBinding implements ChannelBinding {
    private static final Logger LOG = LoggerFactory.getLogger(TlsBinding.class);

    private static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding";
    private static final int EXPORTER_OCTETS = 32;

    private final SSLSession session;
    private final @Nullable Certificate ofServer;

    private TlsBinding(SSLSession session, @Nullable Certificate ofServer) {
        this.session = session;
        this.ofServer = ofServer;
    }

    /** As the server sees it. */
    public static ChannelBinding ofServer(SSLSession session) {
        return new TlsBinding(session, first(session.getLocalCertificates()));
    }

    /** As the client sees it. */
    public static ChannelBinding ofClient(SSLSession session) {
        try {
            return new TlsBinding(session, first(session.getPeerCertificates()));
        } catch (SSLPeerUnverifiedException e) {
            return new TlsBinding(session, null);
        }
    }

    private static @Nullable Certificate first(Certificate @Nullable [] chain) {
        return chain == null || chain.length == 0 ? null : chain[0];
    }

    @Override
    public Optional<byte[]> get(String type) {
        return switch (type) {
            case SERVER_END_POINT -> endPoint();
            case EXPORTER -> exported();
            default -> Optional.empty();
        };
    }

    /**
     * RFC 5929 §4.1: the hash of the certificate, by that of its signature but SHA-256 at least.
     */
    private Optional<byte[]> endPoint() {
        if (!(ofServer instanceof X509Certificate certificate)) {
            return Optional.empty();
        }
        try {
            Optional<String> hash = hashOf(certificate);
            return hash.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            MessageDigest.getInstance(hash.get()).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            LOG.debug("No binding to {}: {}", certificate.getSigAlgName(), e.toString());
            return Optional.empty();
        }
    }

    /** Empty where a signature has no hash of its own, as with Ed25519: undefined by the RFC. */
    private static Optional<String> hashOf(X509Certificate certificate)
            throws GeneralSecurityException {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.equals("RSASSA-PSS")) {
            return pssHash(certificate);
        }
        int with = signature.indexOf("WITH");
        return with <= 0
                ? Optional.empty()
                : Optional.of(atLeastSha256(signature.substring(0, with)));
    }

    private static Optional<String> pssHash(X509Certificate certificate)
            throws GeneralSecurityException {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return Optional.empty();
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            PSSParameterSpec spec = parameters.getParameterSpec(PSSParameterSpec.class);
            return Optional.of(atLeastSha256(spec.getDigestAlgorithm()));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static String atLeastSha256(String hash) {
        String plain = hash.toUpperCase(Locale.ROOT).replace("-", "");
        return switch (plain) {
            case "MD5", "SHA1" -> "SHA-256";
            default -> plain.startsWith("SHA3") ? hash : "SHA-" + plain.substring(3);
        };
    }

    /** RFC 9266, with TLS 1.3, where the JDK can: from version 25 on. */
    private Optional<byte[]> exported() {
        if (!session.getProtocol().equals("TLSv1.3")
                || !(session instanceof ExtendedSSLSession extended)) {
            return Optional.empty();
        }
        try {
            Object key =
                    ExtendedSSLSession.class
                            .getMethod(
                                    "exportKeyingMaterialData",
                                    String.class,
                                    byte[].class,
                                    int.class)
                            .invoke(extended, EXPORTER_LABEL, new byte[0], EXPORTER_OCTETS);
            return key instanceof byte[] octets ? Optional.of(octets) : Optional.empty();
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        } catch (IllegalAccessException | InvocationTargetException e) {
            LOG.debug("This TLS session exports no key.", e);
            return Optional.empty();
        }
    }
}
