package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Policies, as a web server gives them, and the TXT records in front of them. */
class PolicyParserFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void policy(byte[] input) throws PolicySyntaxException {
        StsRecord.id(List.of(new String(input, StandardCharsets.ISO_8859_1)))
                .ifPresent(id -> assertTrue(id.matches("[A-Za-z0-9]{1,32}"), id));
        StsPolicy policy;
        try {
            policy = PolicyParser.parse(input);
        } catch (PolicySyntaxException refused) {
            return;
        }
        String lines = String.join("\n", policy.lines());
        assertEquals(policy, PolicyParser.parse(lines.getBytes(StandardCharsets.UTF_8)));
        for (String pattern : policy.patterns()) {
            String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
            assertTrue(name.matches("[a-z0-9_.-]{1,253}"), pattern);
        }
        assertFalse(policy.patterns().isEmpty() && policy.mode() != Mode.NONE);
        assertTrue(policy.maxAge().compareTo(Duration.ofHours(8766)) <= 0);
    }
}
