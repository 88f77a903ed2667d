package io.embedmta.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** That readers understand it is shown with reports and the view of a fake server. */
class JsonObjectTest {

    @Test
    void object_holdsWhatItWasGiven() {
        JsonObject inner = new JsonObject().field("n", -1);
        assertEquals(
                "{\"text\":\"a\",\"true\":true,\"object\":{\"n\":-1},\"texts\":[\"a\",\"b\"],\"none\":[],"
                        + "\"objects\":[{\"n\":-1},{}]}",
                new JsonObject()
                        .field("text", "a")
                        .field("true", true)
                        .field("object", inner)
                        .texts("texts", List.of("a", "b"))
                        .texts("none", List.of())
                        .objects("objects", List.of(inner, new JsonObject()))
                        .toString());
        assertEquals("[{\"n\":-1}]", JsonObject.array(List.of(inner)));
    }

    @Test
    void text_isAsciiOnOneLine() {
        assertEquals(
                "{\"\\\"\\\\\":\"\\u000d\\u000a\\u007f\\u00fc\\ud83d\\ude00\\u2028\"}",
                new JsonObject().field("\"\\", "\r\n\u007f\u00fc\ud83d\ude00\u2028").toString());
    }

    @Test
    void halfASurrogatePair_isReplaced() {
        assertEquals(
                "{\"x\":\"\\ufffda\\ufffd\\ufffd\"}",
                new JsonObject().field("x", "\ude00a\ud83d\ud83d").toString());
    }
}
