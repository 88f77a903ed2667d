package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StsRecordTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=STSv1; id=20160831085700Z;",
                "v=STSv1;id=20160831085700Z",
                "v=STSv1 ; id=20160831085700Z ; more=later;",
                "v=STSv1; more=later; id = 20160831085700Z"
            })
    void record_wellFormed_hasItsId(String text) {
        assertEquals(Optional.of("20160831085700Z"), StsRecord.id(List.of("v=spf1 -all", text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v=STSv1",
                "v=STSv1;",
                "v=STSv10; id=1;",
                " v=STSv1; id=1;",
                "id=1; v=STSv1;",
                "v=STSv1; id=;",
                "v=STSv1; id=a-b;",
                "v=STSv1; id=123456789012345678901234567890123;",
                "V=STSV1; id=1;"
            })
    void record_malformed_isNone(String text) {
        assertEquals(Optional.empty(), StsRecord.id(List.of(text)));
    }

    @Test
    void records_two_areNone() {
        assertEquals(Optional.empty(), StsRecord.id(List.of("v=STSv1; id=1;", "v=STSv1; id=1;")));
    }
}
