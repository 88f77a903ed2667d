package io.embedmta.internal.session;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * A whole session of whatever octets. As a test it runs the seed corpus in the resources; with
 * {@code JAZZER_FUZZ=1} it looks for more.
 */
class SessionFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void session_ofAnyOctets_keepsItsProperties_I7_I8(byte[] octets) throws IOException {
        SessionProperties.check(octets);
    }
}
