package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.smtp.SyntaxException;
import io.embedmta.smtp.Xtext;
import java.nio.charset.StandardCharsets;

/** The value of ORCPT, and the xtext that it and ENVID are written in. */
class OriginalRecipientFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void parameter(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        assertEquals(text, Xtext.decode(Xtext.encode(text)));
        try {
            String plain = Xtext.decode(text);
            assertEquals(plain, Xtext.decode(Xtext.encode(plain)));
        } catch (SyntaxException refused) {
            // Still perhaps an ORCPT in UTF-8.
        }
        OriginalRecipient original;
        try {
            original = OriginalRecipient.parse(text);
        } catch (SyntaxException refused) {
            return;
        }
        String shown = original.type() + original.address();
        assertTrue(shown.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0), shown);
        String value = original.toParameter();
        assertTrue(value.chars().allMatch(c -> c > ' ' && c < 127 && c != '='), value);
        assertEquals(original, OriginalRecipient.parse(value));
    }
}
