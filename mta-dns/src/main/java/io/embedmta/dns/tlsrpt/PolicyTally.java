package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** What connections that were held to one policy came to. For one thread at a time. */
final class PolicyTally {
    /** Kinds of failure that are told apart; those beyond count in the sum alone. */
    private static final int MAX_FAILURES = 100;

    private static final int MAX_DETAIL = 200;

    private final Map<Failure, Long> failures = new LinkedHashMap<>();
    private long succeeded;
    private long failed;

    /**
     * Failures that are alike.
     *
     * @param exchanger its name; empty if the failure is one of the policy
     * @param local our address; empty if there was no connection
     * @param remote the exchanger's address; empty if there was no connection
     */
    record Failure(
            TlsFailure.Kind kind, String detail, String exchanger, String local, String remote) {
        static Failure of(TlsAttempted event, TlsFailure failure) {
            String detail = failure.detail();
            return new Failure(
                    failure.kind(),
                    detail.substring(0, Math.min(detail.length(), MAX_DETAIL)),
                    event.exchanger(),
                    event.local().map(InetAddress::getHostAddress).orElse(""),
                    event.remote().map(InetAddress::getHostAddress).orElse(""));
        }
    }

    void add(TlsAttempted event) {
        if (event.failure().isEmpty()) {
            succeeded++;
            return;
        }
        failed++;
        Failure failure = Failure.of(event, event.failure().get());
        if (failures.size() < MAX_FAILURES || failures.containsKey(failure)) {
            failures.merge(failure, 1L, Long::sum);
        }
    }

    long succeeded() {
        return succeeded;
    }

    long failed() {
        return failed;
    }

    /** Each kind of failure, and how often it was seen. */
    Map<Failure, Long> failures() {
        return failures;
    }
}
