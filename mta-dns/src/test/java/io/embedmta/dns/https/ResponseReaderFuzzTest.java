package io.embedmta.dns.https;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Answers of HTTP/1.1, as a web server gives them. */
class ResponseReaderFuzzTest {
    private static final int MAX = 100;

    @FuzzTest(maxDuration = "1m")
    void response(byte[] input) {
        HttpsResponse response;
        try {
            response = new ResponseReader(new ByteArrayInputStream(input), MAX).read();
        } catch (IOException refused) {
            return;
        }
        assertTrue(response.status() >= 200 && response.status() <= 599);
        assertTrue(response.body().length <= (response.status() == 200 ? MAX : 0));
        response.mediaType().ifPresent(type -> assertTrue(type.indexOf(';') < 0));
    }
}
