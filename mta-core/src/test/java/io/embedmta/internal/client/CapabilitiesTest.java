package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {

    @Test
    void keywords_areReadInAnyCase_andWithTheOldAuth() {
        Capabilities offered =
                Capabilities.of(
                        Reply.plain(
                                250,
                                "DSN at your service",
                                "pipelining",
                                "8BitMime",
                                "AUTH PLAIN",
                                "AUTH=LOGIN",
                                "X-ODD thing",
                                ""));
        assertTrue(offered.offers("PIPELINING"));
        assertTrue(offered.offers("8BITMIME"));
        assertTrue(offered.offers("X-ODD"));
        assertEquals("PLAIN LOGIN", offered.keywords().get("AUTH"));
        assertFalse(offered.offers("DSN"), "the first line is a name and a greeting");
        assertFalse(Capabilities.of(Reply.plain(250, "mx")).offers("SIZE"));
    }

    @ParameterizedTest
    @CsvSource({
        "SIZE 1000, 1000",
        "size 1000, 1000",
        "SIZE=1000, 1000",
        "SIZE, 9223372036854775807",
        "SIZE 0, 9223372036854775807",
        "SIZE many, 9223372036854775807",
        "SIZE 99999999999999999999, 9223372036854775807",
        "OTHER, 9223372036854775807",
    })
    void sizeLimit_isWhatSizeSays_elseNone(String line, long limit) {
        assertEquals(limit, Capabilities.of(Reply.plain(250, "mx", line)).sizeLimit());
    }
}
