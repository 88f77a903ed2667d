package io.embedmta.dns.https;

import java.io.IOException;

/** The server has not shown a certificate that proves its name. */
public final class CertificateRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    /** A refusal for a reason in one phrase. */
    CertificateRefusedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
