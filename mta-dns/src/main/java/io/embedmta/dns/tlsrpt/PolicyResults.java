package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What became of connections that were held to one policy. Not thread-safe. */
final class PolicyResults {
    private static final int MAX_FAILURES = 100;
    private static final int MAX_TEXT = 200;
    private static final int MAX_POLICY = 8 << 10;

    long successes;
    long failures;
    final Map<Failure, Long> details = new LinkedHashMap<>();

    /**
     * A policy, as a report names it (RFC 8460 §4.4). Immutable.
     *
     * @param domain the policy domain: of TLSA records, the name of the server; else the domain of
     *     the mail (RFC 8460 §1.1)
     */
    record Policy(
            AppliedPolicy.Type type, List<String> lines, List<String> patterns, String domain) {

        static Policy of(TlsAttempted event) {
            AppliedPolicy policy = event.policy();
            boolean ofServer =
                    policy.type() == AppliedPolicy.Type.TLSA && !event.exchanger().isEmpty();
            return new Policy(
                    policy.type(),
                    shortened(policy.lines()),
                    shortened(policy.patterns()),
                    ofServer ? event.exchanger() : event.domain().text());
        }

        /** A domain may publish 64 KiB; nobody reads that in a report. */
        private static List<String> shortened(List<String> lines) {
            List<String> kept = new ArrayList<>();
            int left = MAX_POLICY;
            for (String line : lines) {
                left -= line.length();
                if (left < 0) {
                    break;
                }
                kept.add(line);
            }
            return List.copyOf(kept);
        }

        /** How many characters it holds. */
        int size() {
            return domain.length()
                    + lines.stream().mapToInt(String::length).sum()
                    + patterns.stream().mapToInt(String::length).sum();
        }
    }

    /**
     * One way to fail. Immutable.
     *
     * @param local our address; empty if there was no connection
     * @param remote the server's; empty if there was no connection
     * @param exchanger the server's name; empty if it is the policy that failed
     */
    record Failure(
            TlsFailure.Kind kind, String local, String remote, String exchanger, String detail) {

        static Failure of(TlsAttempted event, TlsFailure failure) {
            String detail = failure.detail();
            return new Failure(
                    failure.kind(),
                    text(event.local()),
                    text(event.remote()),
                    event.exchanger(),
                    detail.substring(0, Math.min(MAX_TEXT, detail.length())));
        }

        private static String text(Optional<InetAddress> address) {
            return address.map(InetAddress::getHostAddress)
                    // The scope of a link-local address means something here alone.
                    .map(text -> text.replaceFirst("%.*", ""))
                    .orElse("");
        }

        /** How many characters it holds. */
        int size() {
            return local.length() + remote.length() + exchanger.length() + detail.length();
        }
    }

    /**
     * Counts a connection.
     *
     * @param hasRoom for the details of a failure of a kind that was not there before; without, and
     *     for one kind too many, it is counted without them
     * @return how many characters there are more
     */
    int add(TlsAttempted event, boolean hasRoom) {
        if (event.failure().isEmpty()) {
            successes++;
            return 0;
        }
        failures++;
        Failure failure = Failure.of(event, event.failure().get());
        boolean isKept = details.containsKey(failure);
        if (isKept || (hasRoom && details.size() < MAX_FAILURES)) {
            details.merge(failure, 1L, Long::sum);
        }
        return isKept || !details.containsKey(failure) ? 0 : failure.size();
    }

    /** How many characters the details hold. */
    long size() {
        return details.keySet().stream().mapToLong(Failure::size).sum();
    }
}
