package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTextTest {
    private static final String EXAMPLE =
            """
            version: STSv1
            mode: enforce
            mx: mail.example.com
            mx: *.Example.net
            mx: backupmx.example.com.
            max_age: 604800
            """;

    @Test
    void policy_ofTheRfc_isRead() throws Exception {
        StsPolicy policy = PolicyText.parse(EXAMPLE);
        assertEquals(Mode.ENFORCE, policy.mode());
        assertEquals(
                List.of("mail.example.com", "*.example.net", "backupmx.example.com"),
                policy.patterns());
        assertEquals(Duration.ofDays(7), policy.maxAge());
    }

    @Test
    void fields_doubleOrUnknown_areIgnored() throws Exception {
        StsPolicy policy =
                PolicyText.parse(
                        """
                        version:STSv1
                        mode:none
                        mode: enforce
                        new: thing

                        max_age : 99999999
                        max_age: 5
                        """);
        assertEquals(Mode.NONE, policy.mode());
        assertEquals(Duration.ofHours(8766), policy.maxAge());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mx: *",
                "mx: *.",
                "mx: **.example.org",
                "mx: mx.*.org",
                "mx: a b",
                "mx: -a.example",
                "mx: [192.0.2.1]",
                "mx:",
                "max_age: 1",
                "no colon here"
            })
    void line_malformed_isRefused(String line) {
        String text = "version: STSv1\nmode: enforce\n" + line + "\n";
        String rest = line.startsWith("mx") ? "max_age: 1\n" : "";
        assertThrows(MalformedPolicyException.class, () -> PolicyText.parse(text + rest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "12345678901", "", "1h", "+1"})
    void maxAge_malformed_isRefused(String age) {
        String text = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: " + age + "\n";
        assertThrows(MalformedPolicyException.class, () -> PolicyText.parse(text));
    }

    @Test
    void policy_ofAnyOctets_isReadOrRefused() {
        long seed = new Random().nextLong();
        System.out.println("policy.seed " + seed);
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(EXAMPLE);
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
            }
            try {
                assertTrue(PolicyText.parse(text.toString()).patterns().size() <= 3);
                read++;
            } catch (MalformedPolicyException e) {
                assertTrue(e.toString().length() < 200);
            }
        }
        assertTrue(read > 4000, "read " + read);
    }
}
