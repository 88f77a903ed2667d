package io.embedmta.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.MailAddress;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UsersTest {
    private static final Users NOBODY = Users.of().withIterations(4096);

    @Test
    void find_ofUser_givesItsVerifier() throws IOException {
        Users users = NOBODY.with("ann", "pencil", "ann@example.org");
        Lookup.Found<?> found =
                assertInstanceOf(Lookup.Found.class, users.verifiers().orElseThrow().find("ann"));
        assertTrue(found.identity().maySendAs(MailAddress.of("ann@example.org")));
        ScramVerifier verifier = (ScramVerifier) found.value();
        assertEquals(verifier, ScramVerifier.of("pencil", verifier.salt(), 4096));
        assertInstanceOf(Lookup.Unknown.class, users.verifiers().orElseThrow().find("bob"));
        assertEquals(4096, users.verifiers().orElseThrow().iterations());
    }

    @Test
    void secrets_areKept_onlyWhereAskedFor() throws IOException {
        assertTrue(NOBODY.with("ann", "pencil").secrets().isEmpty());
        Users users = NOBODY.with("bob", "b").withCramMd5().with("ann", "pencil");
        assertEquals(
                Lookup.found(new Identity("ann"), "pencil"),
                users.secrets().orElseThrow().find("ann"));
        assertInstanceOf(Lookup.Unknown.class, users.secrets().orElseThrow().find("bob"));
        assertFalse(users.secrets().orElseThrow().find("ann").toString().contains("pencil"));
        assertFalse(users.toString().contains("pencil"));
    }

    @Test
    void with_sameNameTwice_isRefused() {
        Users users = NOBODY.with("ann", "pencil");
        assertThrows(IllegalArgumentException.class, () -> users.with("ann", "other"));
        assertThrows(IllegalArgumentException.class, () -> users.with("an\u00adn", "other"));
        assertThrows(IllegalArgumentException.class, () -> users.with("", "other"));
        assertThrows(IllegalArgumentException.class, () -> users.with("bob", ""));
        assertThrows(IllegalArgumentException.class, () -> users.withIterations(4095));
    }
}
