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
                "v=STSv1;\tid=20160831085700Z \t; ",
                "v=STSv1; x.y=a:b/c; id=20160831085700Z; z_=1",
                "v=STSv1; id=20160831085700Z; id=other"
            })
    void id_isRead(String text) {
        assertEquals(Optional.of("20160831085700Z"), StsRecord.id(List.of("v=spf1 -all", text)));
    }

    @Test
    void id_ofThirtyTwo_isTheLongest() {
        String longest = "a1B2".repeat(8);
        assertEquals(Optional.of(longest), StsRecord.id(List.of("v=STSv1; id=" + longest)));
        assertEquals(Optional.empty(), StsRecord.id(List.of("v=STSv1; id=" + longest + "x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v=STSv1",
                "v=STSv1;",
                "v=STSv1 ; id=1;",
                "V=STSv1; id=1;",
                "v=STSv1; ID=1;",
                "v=STSv1; id=1;; x=y;",
                "v=STSv1; id=1; x;",
                "v=STSv1; id=1; x=;",
                "v=STSv1; id=1; x=a=b;",
                "v=STSv1; id=1; x=a b;",
                "v=STSv1; id=1; _x=a;",
                "v=STSv1; id = 1;",
                "v=STSv1; id=\u0661;",
                "v=STSv1; id=bad_id; id=1;"
            })
    void malformed_hasNone(String text) {
        assertEquals(Optional.empty(), StsRecord.id(List.of(text)));
    }

    @Test
    void severalRecords_haveNone() {
        assertEquals(Optional.empty(), StsRecord.id(List.of()));
        assertEquals(Optional.empty(), StsRecord.id(List.of("v=STSv1; id=1;", "v=STSv1; broken")));
    }
}
