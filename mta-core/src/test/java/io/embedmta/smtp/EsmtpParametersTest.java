package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EsmtpParametersTest {

    @Test
    void parameters_areReadInOrder() {
        EsmtpParameters read = EsmtpParameters.parse(" size=1000  SMTPUTF8 RET=Hdrs X-1=a;b ");
        assertEquals(List.of("SIZE", "SMTPUTF8", "RET", "X-1"), List.copyOf(read.keywords()));
        assertEquals(Optional.of("1000"), read.value("SIZE"));
        assertEquals(Optional.of("Hdrs"), read.value("RET"));
        assertTrue(read.has("SMTPUTF8"));
        assertEquals(Optional.empty(), read.value("SMTPUTF8"));
        assertFalse(read.has("BODY"));
        assertEquals(Optional.empty(), read.value("BODY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "    "})
    void parameters_ofSpacesAlone_areNone(String text) {
        assertEquals(EsmtpParameters.NONE, EsmtpParameters.parse(text));
        assertTrue(EsmtpParameters.parse(text).keywords().isEmpty());
    }

    @Test
    void parameters_withTheSameContent_areEqual() {
        assertEquals(EsmtpParameters.parse("a=1 B"), EsmtpParameters.parse("A=1  b"));
        assertEquals(
                EsmtpParameters.parse("a=1 B").hashCode(),
                EsmtpParameters.parse("A=1 b").hashCode());
    }

    @Test
    void value_inUtf8_isRead() {
        // RFC 6531 §3.3 widens esmtp-value.
        assertEquals(
                Optional.of("utf-8;\u5b66@x"),
                EsmtpParameters.parse("ORCPT=utf-8;\u5b66@x").value("ORCPT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=",
                "=1",
                "A=",
                "A==",
                "A=1=2",
                "-A",
                "A_B",
                "A.B=1",
                "\u00c9=1",
                "A=1 A=2",
                "A a",
                "A=1 a",
                "\t",
                "A\t",
                "A\tB",
                "A=\t",
                "A=1\r",
                "A=1\n",
                "A=1\u0000",
                "A=\u007f",
                "\r",
                "\u2003",
                "\u017fIZE=1"
            })
    void parameters_malformedOrTwice_areRefused(String text) {
        assertThrows(SyntaxException.class, () -> EsmtpParameters.parse(text));
    }

    @Test
    void keywords_cannotBeChanged() {
        assertThrows(
                UnsupportedOperationException.class,
                () -> EsmtpParameters.parse("A").keywords().clear());
    }
}
