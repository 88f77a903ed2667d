package io.embedmta.testing;

import io.embedmta.message.Content;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the view says to a request. Immutable.
 *
 * @param status of HTTP (RFC 9110 §15)
 * @param type the media type
 * @param headers beyond those of every reply
 */
record ViewReply(int status, String type, Content body, Map<String, String> headers) {
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** Takes a copy. */
    ViewReply {
        headers = Map.copyOf(headers);
    }

    static ViewReply json(String text) {
        return of(200, "application/json", text);
    }

    static ViewReply of(int status, String type, String text) {
        return new ViewReply(
                status, type, Content.of(text.getBytes(StandardCharsets.UTF_8)), Map.of());
    }

    static ViewReply plain(Content body) {
        return new ViewReply(200, PLAIN, body, Map.of());
    }

    /** Something is wrong with the request; the sentence says what to do. */
    static ViewReply sorry(int status, String sentence) {
        return of(status, PLAIN, sentence + "\n");
    }

    /** Done, and nothing to say. */
    static ViewReply done() {
        return of(204, PLAIN, "");
    }

    ViewReply with(String header, String value) {
        return new ViewReply(status, type, body, Map.of(header, value));
    }
}
