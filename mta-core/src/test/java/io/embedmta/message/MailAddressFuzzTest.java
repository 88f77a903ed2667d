package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.smtp.SyntaxException;
import java.nio.charset.StandardCharsets;

/** What stands between the angle brackets of MAIL and RCPT. */
class MailAddressFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void path(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ReversePath path;
        try {
            path = ReversePath.of(text);
        } catch (SyntaxException refused) {
            return;
        }
        assertEquals(path, ReversePath.of(path.toString()));
        path.address().ifPresent(MailAddressFuzzTest::check);
    }

    private static void check(MailAddress address) {
        String text = address.toString();
        assertTrue(text.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0), text);
        assertEquals(address, MailAddress.of(text));
        byte[] wire = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(address, MailAddress.of(new String(wire, StandardCharsets.UTF_8)));
        assertEquals(address, MailAddress.of(address.localPart(), address.mailDomain()));
        assertTrue(text.startsWith("\"") || text.indexOf('@') == text.lastIndexOf('@'), text);
        OriginalRecipient original = OriginalRecipient.of(address);
        assertEquals(original, OriginalRecipient.parse(original.toParameter()));
    }
}
