package io.embedmta.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.smtp.SyntaxException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
    /** As PostgreSQL and scramp derive it from the password and salt of RFC 7677 §3. */
    private static final String OF_PENCIL =
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
                    + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                    + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    @Test
    void of_theRfcsPassword_hasTheKnownKeys() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        assertEquals(OF_PENCIL, ScramVerifier.of("pencil", salt, 4096).text());
    }

    @Test
    void of_samePasswordTwice_hasTwoSalts() {
        assertNotEquals(
                ScramVerifier.of("pencil", 4096).text(), ScramVerifier.of("pencil", 4096).text());
    }

    @Test
    void of_passwordTypedDifferently_isTheSame() {
        byte[] salt = {1, 2, 3};
        assertEquals(ScramVerifier.of("IX", salt, 4096), ScramVerifier.of("I\u00adX", salt, 4096));
    }

    @Test
    void of_valuesOutOfRange_areRefused() {
        assertThrows(SyntaxException.class, () -> ScramVerifier.of("", 4096));
        assertThrows(SyntaxException.class, () -> ScramVerifier.of("\u00ad", 4096));
        assertThrows(IllegalArgumentException.class, () -> ScramVerifier.of("a", 4095));
        assertThrows(IllegalArgumentException.class, () -> ScramVerifier.of("a", 10_000_001));
    }

    @Test
    void parse_ofItsText_isEqual() {
        ScramVerifier verifier = ScramVerifier.of("pencil", 4096);
        assertEquals(verifier, ScramVerifier.parse(verifier.text()));
        assertEquals(verifier.hashCode(), ScramVerifier.parse(verifier.text()).hashCode());
        assertNotEquals(verifier, ScramVerifier.parse(OF_PENCIL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pencil",
                "SCRAM-SHA-1$4096:c2FsdA==$c2FsdA==:c2FsdA==",
                "SCRAM-SHA-256$4096:c2FsdA==$c2FsdA==:c2FsdA==",
                "SCRAM-SHA-256$4096:c2FsdA=$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                        + ":WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
                "SCRAM-SHA-256$1:c2FsdA==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                        + ":WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
                "SCRAM-SHA-256$999999999:c2FsdA==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                        + ":WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
            })
    void parse_ofSomethingElse_failsWithoutQuotingIt(String text) {
        SyntaxException refused =
                assertThrows(SyntaxException.class, () -> ScramVerifier.parse(text));
        assertFalse(refused.getMessage().contains("c2FsdA"), refused.getMessage());
        assertFalse(refused.getMessage().contains("pencil"), refused.getMessage());
    }

    @Test
    void toString_showsNoKeys() {
        assertEquals(
                "SCRAM-SHA-256 verifier of 4096 iterations",
                ScramVerifier.parse(OF_PENCIL).toString());
    }
}
