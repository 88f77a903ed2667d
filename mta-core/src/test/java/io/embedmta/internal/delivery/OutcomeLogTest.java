package io.embedmta.internal.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.tls.HopSecurity;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsSession;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeLogTest {

    @Test
    void hop_isToldInWordsToSearchFor() {
        TlsSession session = new TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", List.of());
        assertEquals(
                "tls=TLSv1.3 verified=dane",
                OutcomeLog.inWords(new HopSecurity.Encrypted(session, Proof.DANE)));
        assertEquals(
                "tls=TLSv1.3 verified=trust-anchor",
                OutcomeLog.inWords(new HopSecurity.Encrypted(session, Proof.TRUST_ANCHOR)));
        assertEquals(
                "tls=TLSv1.3 verified=no",
                OutcomeLog.inWords(new HopSecurity.Encrypted(session, Proof.NONE)));
        assertEquals(
                "tls=no (the server offers no STARTTLS)",
                OutcomeLog.inWords(new HopSecurity.PlainText("the server offers no STARTTLS")));
    }
}
