package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.queue.Selection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the control socket. */
class QueueRequestTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list json all",
                "hold text id 0V8RZBCDFGHJKLMN",
                "release json destination smarthost:smtp.isp.example:587",
                "retry text sender ann@example.org",
                "bounce text sender ",
                "remove text sender \"odd  one\"@example.org"
            })
    void line_readAgain_isTheSame(String line) {
        assertEquals(line, QueueRequest.parse(line).line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "list",
                "list json",
                "list xml all",
                "burn text all",
                "LIST text all",
                "hold text some",
                "hold text id ",
                "hold text sender @",
                "hold text destination a\tb"
            })
    void line_thatIsNoRequest_isRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> QueueRequest.parse(line));
    }

    @Test
    void destination_thatIsADomain_isMeantHoweverItIsTyped() {
        assertEquals(
                Selection.destination("xn--bcher-kva.example"),
                QueueRequest.selection("destination", "Bücher.Example"));
    }

    @Test
    void sender_mayStandInAngleBrackets() {
        for (String typed : List.of("<ann@example.org>", "ann@example.org")) {
            assertEquals(
                    "hold text sender ann@example.org",
                    new QueueRequest(
                                    QueueRequest.Action.HOLD,
                                    QueueRequest.selection("sender", typed),
                                    false)
                            .line());
        }
    }
}
