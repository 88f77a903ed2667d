package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.resolver.DnsName;
import io.embedmta.smtp.SyntaxException;
import java.nio.charset.StandardCharsets;

/** Domains, as addresses and as DNS records hold them. */
class MailDomainFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void domain(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            DnsName name = DnsName.of(text);
            assertEquals(name, DnsName.of(name.text()));
            assertTrue(name.text().chars().allMatch(c -> c > ' ' && c < 127), name.text());
        } catch (IllegalArgumentException refused) {
            // Perhaps a mail domain all the same.
        }
        MailDomain domain;
        try {
            domain = MailDomain.of(text);
        } catch (SyntaxException refused) {
            return;
        }
        assertTrue(domain.text().chars().allMatch(c -> c > ' ' && c < 127), domain.text());
        assertTrue(domain.text().length() <= 255, domain.text());
        assertEquals(domain, MailDomain.of(domain.text()));
        assertEquals(domain, MailDomain.of(domain.unicode()));
        domain.address().ifPresent(a -> assertEquals(domain, MailDomain.literal(a)));
        if (domain.address().isEmpty() && domain.text().length() <= 253) {
            assertEquals(domain.text(), DnsName.of(domain.text()).text());
        }
    }
}
