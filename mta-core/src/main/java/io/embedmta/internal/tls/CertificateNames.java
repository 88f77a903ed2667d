package io.embedmta.internal.tls;

import io.embedmta.message.MailDomain;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The names that a certificate is for: subject alternative names alone (RFC 9525 §2, which has done
 * away with common names). Immutable.
 */
public final class CertificateNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final int MOST_SAID = 5;

    private final List<String> dnsNames = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();

    private CertificateNames() {}

    /** Those of a certificate; none if they cannot be read. */
    public static CertificateNames of(X509Certificate certificate) {
        CertificateNames names = new CertificateNames();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                names.add(name);
            }
        } catch (CertificateParsingException | RuntimeException e) {
            // The JDK throws unchecked at an address of a wrong length. Such names count as none.
            return names;
        }
        return names;
    }

    private void add(List<?> name) {
        if (name.get(1) instanceof String text) {
            if (name.get(0).equals(DNS_NAME)) {
                dnsNames.add(text.toLowerCase(Locale.ROOT));
            } else if (name.get(0).equals(IP_ADDRESS)) {
                addresses.add(text);
            }
        }
    }

    /**
     * Why the certificate is for none of these; empty if it is for one.
     *
     * @param wanted names in lower-case A-labels, or address literals (RFC 5321 §4.1.3)
     */
    public Optional<TlsFailure> mismatch(List<String> wanted) {
        if (wanted.stream().anyMatch(this::isFor)) {
            return Optional.empty();
        }
        return Optional.of(
                new TlsFailure(
                        Kind.CERTIFICATE_HOST_MISMATCH,
                        "the certificate is for "
                                + said()
                                + ", not for "
                                + String.join(" or ", wanted)));
    }

    private boolean isFor(String name) {
        return name.startsWith("[")
                ? addresses.stream().anyMatch(address -> sameAddress(address, name))
                : dnsNames.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** RFC 9525 §6.3: a wildcard is the whole of the left-most label, and stands for one label. */
    private static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && pattern.length() > 2 && pattern.substring(1).equals(name.substring(dot));
    }

    private static boolean sameAddress(String address, String literal) {
        String tag = address.indexOf(':') >= 0 ? "[IPv6:" : "[";
        Optional<InetAddress> wanted = MailDomain.of(literal).address();
        return wanted.isPresent() && wanted.equals(MailDomain.of(tag + address + "]").address());
    }

    private String said() {
        List<String> all = new ArrayList<>(dnsNames);
        all.addAll(addresses);
        if (all.isEmpty()) {
            return "no name";
        }
        String first =
                all.stream().limit(MOST_SAID).map(Phrase::of).collect(Collectors.joining(", "));
        int more = all.size() - MOST_SAID;
        return more > 0 ? first + " and " + more + " more" : first;
    }
}
