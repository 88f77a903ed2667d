package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** TXT records that say where TLS reports go. */
class ReportRecordFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void record(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        List<ReportTarget> targets = ReportRecord.targets(List.of(text));
        assertTrue(targets.size() <= 5);
        for (ReportTarget target : targets) {
            // Each becomes part of a request or of a message.
            assertTrue(target.toString().chars().allMatch(c -> c >= ' ' && c < 127));
        }
    }
}
