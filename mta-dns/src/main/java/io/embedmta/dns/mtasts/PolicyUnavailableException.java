package io.embedmta.dns.mtasts;

import io.embedmta.tls.TlsFailure;

/** There is no policy to be had, for a reason that a report can tell. */
final class PolicyUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient TlsFailure failure;

    PolicyUnavailableException(TlsFailure failure, Throwable cause) {
        super(failure.detail(), cause);
        this.failure = failure;
    }

    TlsFailure failure() {
        return failure;
    }
}
