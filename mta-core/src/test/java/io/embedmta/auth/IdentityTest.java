package io.embedmta.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTest {

    @ParameterizedTest
    @CsvSource({
        "ann@example.org, true",
        "ANN@Example.ORG, true",
        "anna@example.org, false",
        "ann+x@example.org, false",
        "ann@sub.example.org, false",
        "any@lists.example.org, true",
        "any@a.lists.example.org, false"
    })
    void maySendAs_ofAddressAndDomain_isForThese(String sender, boolean allowed) {
        Identity ann = new Identity("ann").sendingAs("ann@example.org", "@lists.example.org");
        assertEquals(allowed, ann.maySendAs(MailAddress.of(sender)));
    }

    @Test
    void maySendAs_byDefault_isForTheNameIfAnAddress_elseForAny() {
        MailAddress address = MailAddress.of("ann@example.org");
        assertEquals(true, new Identity("ann@example.org").maySendAs(address));
        assertEquals(false, new Identity("bob@example.org").maySendAs(address));
        assertEquals(true, new Identity("ann").maySendAs(address));
        assertEquals(false, new Identity("ann").sendingAs("bob@example.org").maySendAs(address));
        assertEquals(true, new Identity("ann").sendingAs("*").maySendAs(address));
        assertEquals(false, new Identity("ann@example.org").sendingAs().maySendAs(address));
    }

    @Test
    void values_malformed_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Identity(""));
        assertThrows(SyntaxException.class, () -> new Identity("ann").sendingAs("ann"));
        assertThrows(SyntaxException.class, () -> new Identity("ann").sendingAs("@"));
    }
}
