package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.listener.SmtpListener;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What follows EHLO on a listener for submissions. Anybody who says the password {@code open} is
 * let in, by a check that costs nothing.
 */
class AuthFuzzTest {
    private static final Pattern LINE = Pattern.compile("[2345][0-9]{2}[ -][\\x20-\\x7e\\t]*");

    private static final SmtpListener LISTENER =
            MemorySession.listener()
                    .authenticate(
                            Authenticator.ofPasswords(
                                    (user, password) ->
                                            password.equals("open")
                                                    ? AuthAnswer.accepted(
                                                            new Identity(user).sendingAs("*"))
                                                    : AuthAnswer.rejected()))
                    .allowAuthWithoutTls()
                    .submission();

    @FuzzTest(maxDuration = "1m")
    void dialogue_ofAnyOctets_letsNobodyInWithoutThePassword_I6_I8(byte[] octets) {
        String text = "EHLO c\r\n" + new String(octets, StandardCharsets.ISO_8859_1);
        byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
        MemorySession.Result whole = MemorySession.run(LISTENER, all, () -> Integer.MAX_VALUE);
        MemorySession.Result slow = MemorySession.run(LISTENER, all, () -> 1);
        assertEquals(withoutIds(whole.said()), withoutIds(slow.said()), "depends on segments");
        boolean in = false;
        for (String line : whole.said().split("\r\n", -1)) {
            assertTrue(line.isEmpty() || LINE.matcher(line).matches(), line);
            assertTrue(line.length() <= 510, line);
            assertFalse(line.contains("Something went wrong"), whole.said());
            in |= line.startsWith("235 ");
            assertTrue(in || !line.startsWith("250 2.1.0"), whole.said());
        }
        assertEquals(0, whole.openWriters());
    }

    private static String withoutIds(String said) {
        return said.replaceAll("Queued as .*", "Queued");
    }
}
