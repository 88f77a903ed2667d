package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeardLineTest {
    @ParameterizedTest
    @CsvSource({
        "AUTH, AUTH",
        "AUTH PLAIN, AUTH PLAIN",
        "auth plain c2VjcmV0, auth plain ***",
        "AUTH PLAIN  c2VjcmV0, AUTH PLAIN ***",
        "'AUTH\tPLAIN c2VjcmV0', AUTH PLAIN ***",
        "' AUTH PLAIN c2VjcmV0', AUTH PLAIN ***",
        "AUTH NTLM, AUTH NTLM",
        "AUTH c2VjcmV0, AUTH ***",
        "AUTH c2VjcmV0 c2VjcmV0 c2VjcmV0, AUTH *** ***",
        "AUTHOR c2VjcmV0, AUTHOR c2VjcmV0",
        "MAIL FROM:<a@b.example>, MAIL FROM:<a@b.example>",
        "'', ''"
    })
    void line_isShownWithoutItsSecret(String line, String shown) {
        assertEquals(shown, new HeardLine().of(line));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH PLAIN, c2VjcmV0, ***",
        "AUTH PLAIN, NOOP, NOOP",
        "auth login, s e c r e t, ***",
        "NOOP, c2VjcmV0, c2VjcmV0"
    })
    void line_afterAuth_isShownIfItIsACommand(String before, String line, String shown) {
        HeardLine heard = new HeardLine();
        heard.of(before);
        assertEquals(shown, heard.of(line));
    }

    /** LOGIN has two of them. */
    @ParameterizedTest
    @CsvSource({"c2VjcmV0, ***", "QUIT, QUIT"})
    void lines_afterAuth_staySecretUntilACommand(String last, String shown) {
        HeardLine heard = new HeardLine();
        heard.of("AUTH LOGIN");
        heard.of("YW5u");
        assertEquals(shown, heard.of(last));
        if (last.equals("QUIT")) {
            assertEquals("YW5u", heard.of("YW5u"));
        }
    }

    /** It may have been AUTH, with a token that is too long. */
    @Test
    void line_afterOneThatCouldNotBeRead_mayBeSecret() {
        HeardLine heard = new HeardLine();
        heard.unreadable();
        assertEquals("***", heard.of("c2VjcmV0"));
    }

    @Test
    void line_afterTheLogIn_isShown() {
        HeardLine heard = new HeardLine();
        heard.of("AUTH PLAIN c2VjcmV0");
        heard.authenticated();
        assertEquals("MIAL FROM:<a@b.example>", heard.of("MIAL FROM:<a@b.example>"));
    }
}
