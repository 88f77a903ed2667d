package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void object_holdsItsFieldsInOrder() {
        assertEquals(
                "{\"a\":\"x\",\"b\":-1,\"c\":true,\"d\":{},\"e\":[{},{\"f\":0}],\"g\":[]}",
                new Json()
                        .field("a", "x")
                        .field("b", -1)
                        .field("c", true)
                        .field("d", new Json())
                        .field("e", List.of(new Json(), new Json().field("f", 0)))
                        .field("g", List.of())
                        .toString());
    }

    /** RFC 8259 §7: all controls, quotes and backslashes; here all that is not ASCII too. */
    @Test
    void string_ofEveryCharacter_isReadByPythonAsItWas() throws Exception {
        StringBuilder every = new StringBuilder();
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            every.append((char) c);
        }
        every.append("\uD83D\uDE00");
        String json = new Json().field("s", every.toString()).toString();
        assertEquals(-1, json.chars().filter(c -> c < ' ' || c > '~').findFirst().orElse(-1));
        String said =
                Programs.pipe(
                        json,
                        Programs.require("python3"),
                        "-c",
                        "import json, sys\n"
                                + "s = json.load(sys.stdin)['s']\n"
                                // The last high and the first low surrogate are read as a pair.
                                + "assert len(s) == 65536 - 1 + 1, len(s)\n"
                                + "assert all(ord(s[i]) == i for i in range(0xD800)), 'BMP'\n"
                                + "print(hex(ord(s[-1])))");
        assertEquals("0x1f600", said.strip());
    }
}
