package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyParserTest {
    private static final String GOOD =
            "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 10\n";

    private static StsPolicy parse(String text) throws PolicySyntaxException {
        return PolicyParser.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The example of RFC 8461 §3.2. */
    @Test
    void example_ofTheRfc_isRead() throws PolicySyntaxException {
        StsPolicy policy =
                parse(
                        """
                        version: STSv1
                        mode: enforce
                        mx: mail.example.com
                        mx: *.example.net
                        mx: backupmx.example.com
                        max_age: 604800
                        """
                                .replace("\n", "\r\n"));
        assertEquals(
                new StsPolicy(
                        Mode.ENFORCE,
                        List.of("mail.example.com", "*.example.net", "backupmx.example.com"),
                        Duration.ofDays(7),
                        List.of(
                                "version: STSv1",
                                "mode: enforce",
                                "mx: mail.example.com",
                                "mx: *.example.net",
                                "mx: backupmx.example.com",
                                "max_age: 604800")),
                policy);
    }

    @Test
    void blanks_unknownFields_capitals_andAnyOrder_areTaken() throws PolicySyntaxException {
        StsPolicy policy =
                parse(
                        "max_age:0  \nextra: gr\u00fcn (x)\nmx:\t MX.Example.ORG \t\r\n"
                                + "mode:testing\r\n\nversion:  STSv1");
        assertEquals(Mode.TESTING, policy.mode());
        assertEquals(List.of("mx.example.org"), policy.patterns());
        assertEquals(Duration.ZERO, policy.maxAge());
        assertEquals(
                List.of("max_age:0", "mx:\t MX.Example.ORG", "mode:testing", "version:  STSv1"),
                policy.lines());
    }

    @Test
    void repeatedField_firstCounts() throws PolicySyntaxException {
        StsPolicy policy = parse(GOOD + "mode: none\nmax_age: x\nversion: STSv2\n");
        assertEquals(Mode.ENFORCE, policy.mode());
        assertEquals(Duration.ofSeconds(10), policy.maxAge());
    }

    @Test
    void modeNone_needsNoMx() throws PolicySyntaxException {
        StsPolicy policy = parse("version: STSv1\nmode: none\nmax_age: 31557600\n");
        assertEquals(List.of(), policy.patterns());
        assertEquals(Duration.ofHours(8766), policy.maxAge());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "mode: enforce\nmx: a.example\nmax_age: 10\n",
                "version: STSv1\nmx: a.example\nmax_age: 10\n",
                "version: STSv1\nmode: enforce\nmx: a.example\n",
                "version: STSv1\nmode: enforce\nmax_age: 10\n",
                "version: STSv1\nmode: testing\nmax_age: 10\n",
                "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 10\n",
                "version: stsv1\nmode: enforce\nmx: a.example\nmax_age: 10\n",
                "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 10\n",
                "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557601\n",
                "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1\n",
                "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: +1\n",
                "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: \u0661\n",
                "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 99999999999\n",
                "version: STSv1\rmode: enforce\rmx: a.example\rmax_age: 10\r",
                "version STSv1\nmode: enforce\nmx: a.example\nmax_age: 10\n",
                " version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 10\n"
            })
    void nonsense_isRefused(String text) {
        assertThrows(PolicySyntaxException.class, () -> parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.",
                "a.*.example",
                "*a.example",
                "*.*.example",
                "a..example",
                ".example",
                "a.example.",
                "-a.example",
                "a-.example",
                "a b.example",
                "\u00e4.example",
                "a.example:25"
            })
    void mx_thatIsNoName_isRefused(String mx) {
        assertThrows(PolicySyntaxException.class, () -> parse(GOOD + "mx: " + mx + "\n"));
    }

    @Test
    void mx_longerThanAName_isRefused() throws PolicySyntaxException {
        String longest = ("a".repeat(61) + ".").repeat(3) + "b".repeat(63) + ".com";
        assertTrue(parse(GOOD + "mx: " + longest + "\n").patterns().contains(longest));
        assertThrows(PolicySyntaxException.class, () -> parse(GOOD + "mx: " + "a".repeat(64)));
        assertThrows(PolicySyntaxException.class, () -> parse(GOOD + "mx: c." + longest));
        assertThrows(PolicySyntaxException.class, () -> parse(GOOD + "mx: " + "a.".repeat(30_000)));
    }

    @Test
    void notUtf8_isRefused() {
        byte[] octets = (GOOD + "extra: x\n").getBytes(StandardCharsets.UTF_8);
        octets[octets.length - 2] = (byte) 0xff;
        assertThrows(PolicySyntaxException.class, () -> PolicyParser.parse(octets));
    }

    /** Whatever comes, it is refused, or read the same when its own lines are read again. */
    @Test
    void anyOctets_areRefused_orReadAgainToTheSame() {
        long seed = System.nanoTime();
        System.out.println("PolicyParserTest seed " + seed);
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = mutate(GOOD + "mx: *.b.example\r\nx: y", random);
            StsPolicy policy;
            try {
                policy = PolicyParser.parse(octets);
            } catch (PolicySyntaxException refused) {
                continue;
            }
            taken++;
            assertSane(policy, seed);
        }
        assertTrue(taken > 100, "seed " + seed);
    }

    private static void assertSane(StsPolicy policy, long seed) {
        try {
            assertEquals(policy, parse(String.join("\n", policy.lines())), "seed " + seed);
        } catch (PolicySyntaxException e) {
            throw new AssertionError("seed " + seed, e);
        }
        for (String pattern : policy.patterns()) {
            String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
            assertTrue(name.matches("[a-z0-9_.-]{1,253}"), "seed " + seed);
        }
        assertFalse(policy.patterns().isEmpty() && policy.mode() != Mode.NONE, "seed " + seed);
        assertFalse(policy.lines().stream().anyMatch(l -> l.matches(".*[\r\n].*")), "seed " + seed);
    }

    private static byte[] mutate(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(4)) {
                case 0 -> out.setCharAt(at, (char) random.nextInt(256));
                case 1 -> out.deleteCharAt(at);
                case 2 -> out.insert(at, "\r\n: *.".charAt(random.nextInt(6)));
                default -> {
                    String[] lines = out.toString().split("(?<=\n)", -1);
                    out.append('\n').append(lines[random.nextInt(lines.length)]);
                }
            }
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
