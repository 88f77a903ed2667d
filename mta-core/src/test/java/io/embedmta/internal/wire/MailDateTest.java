package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailDateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-05-05T08:05:09.999Z | Tue, 5 May 2026 08:05:09 +0000",
                "1970-01-01T00:00:00Z | Thu, 1 Jan 1970 00:00:00 +0000",
                "2024-02-29T23:59:59Z | Thu, 29 Feb 2024 23:59:59 +0000",
                "1999-12-31T12:30:00Z | Fri, 31 Dec 1999 12:30:00 +0000",
                "2023-10-01T10:10:10Z | Sun, 1 Oct 2023 10:10:10 +0000"
            })
    void date_ofAnInstant_isInUniversalTime(String instant, String expected) {
        assertEquals(expected, MailDate.format(Instant.parse(instant)));
    }

    @Test
    void date_ofAnyInstant_isReadBackByTheJdk() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            Instant instant = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L));
            String text = MailDate.format(instant);
            assertEquals(
                    instant,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant(),
                    () -> "seed " + seed + ": " + text);
        }
    }
}
