package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.internal.session.SessionProperties.Checked;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sessions of random commands in random order, each driven through every phase. */
class RandomDialogueTest {
    private static final String[] LINES = {
        "EHLO client.example",
        "HELO client.example",
        "EHLO",
        "MAIL FROM:<>",
        "MAIL FROM:<ann@client.example>",
        "MAIL FROM:<ann@client.example> SIZE=10 BODY=8BITMIME",
        "MAIL FROM:<ann@client.example> SIZE=99999999999999999999",
        "MAIL FROM:<\u00fc@x> SMTPUTF8",
        "MAIL FROM:<\"a b\\\" c\"@client.example> RET=FULL ENVID=+2B",
        "MAIL FROM:<@a:b@c> X=",
        "RCPT TO:<bob@ours.example>",
        "RCPT TO:<bob@ours.example>",
        "RCPT TO:<postmaster>",
        "RCPT TO:<bob@ours.example> NOTIFY=NEVER ORCPT=utf-8;\\x{FC}@x",
        "RCPT TO:<eve@theirs.example>",
        "RCPT TO:<bob@[IPv6:::1]>",
        "RCPT TO:<@@@:>",
        "RCPT",
        "DATA",
        "DATA",
        "DATA now",
        ".",
        "..",
        "Subject: a",
        "",
        "\u00e9",
        "BDAT 0",
        "BDAT 0 LAST",
        "BDAT 7",
        "BDAT 9 LAST",
        "BDAT 70000 LAST",
        "BDAT x",
        "RSET",
        "NOOP",
        "NOOP x",
        "VRFY bob",
        "EXPN x",
        "HELP",
        "QUIT now",
        "STARTTLS",
        "AUTH PLAIN",
        "\0",
        " NOOP",
        "NOOP\t"
    };

    private static final String[] ENDS = {
        "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r"
    };

    @Test
    void session_ofRandomLines_alwaysAnswersAndNeverTakesMailOutOfOrder() throws Exception {
        long seed = System.nanoTime();
        System.err.println("RandomDialogueTest seed " + seed);
        Random random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            if (random.nextBoolean()) {
                text.append("EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<bob@ours.example>\r\n");
            }
            for (int i = random.nextInt(25); i > 0; i--) {
                text.append(random.nextInt(40) == 0 ? noise(random) : pick(LINES, random));
                text.append(pick(ENDS, random));
            }
            byte[] octets = text.toString().getBytes(StandardCharsets.UTF_8);
            accepted += SessionProperties.check(octets).accepted();
        }
        // A driver that never gets anywhere would prove nothing.
        assertEquals(true, accepted > 1000, "only " + accepted + " messages were accepted");
    }

    @Test
    void session_ofOneCommandInEachPhase_isAnsweredOnce() throws Exception {
        String[] phases = {
            "",
            "EHLO c.example\r\n",
            "EHLO c.example\r\nMAIL FROM:<>\r\n",
            "EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<bob@ours.example>\r\n",
            "EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<bob@ours.example>\r\nBDAT 2\r\n\r\n"
        };
        for (String phase : phases) {
            int before = replies(phase);
            for (String line : LINES) {
                if (line.startsWith("BDAT") && line.matches("BDAT [1-9].*")) {
                    continue;
                }

                assertEquals(before + 1, replies(phase + line + "\r\n"), phase + line);
            }
        }
    }

    private static int replies(String text) throws Exception {
        Checked checked = SessionProperties.check(text.getBytes(StandardCharsets.UTF_8));
        return checked.replies();
    }

    private static String noise(Random random) {
        byte[] octets = new byte[random.nextInt(40)];
        random.nextBytes(octets);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static String pick(String[] from, Random random) {
        return from[random.nextInt(from.length)];
    }
}
