package io.embedmta.internal.dsn;

import io.embedmta.smtp.Reply;
import java.util.ArrayList;
import java.util.List;

/** A reply as it came over the wire, made safe and bounded. */
final class Transcript {
    private static final int MAX_TEXT = 4096;
    private static final int MAX_LINES = 64;

    private Transcript() {}

    /**
     * The lines of the reply without CRLF, such as {@code 550-5.1.1 No such user} (RFC 3461 §9.2).
     * What is beyond 64 lines or some 4096 characters is left out.
     *
     * @param utf8 whether letters outside ASCII may stay
     */
    static List<String> of(Reply reply, boolean utf8) {
        String enhanced = reply.enhanced().map(code -> code + " ").orElse("");
        List<String> lines = new ArrayList<>();
        int room = MAX_TEXT;
        int last = Math.min(reply.lines().size(), MAX_LINES) - 1;
        for (int i = 0; i <= last; i++) {
            String raw = reply.lines().get(i);
            String text = utf8 ? Lines.unicode(raw, room) : Lines.ascii(raw, room);
            room -= text.length();
            boolean ends = i == last || room <= 0;
            lines.add((reply.code() + (ends ? " " : "-") + enhanced + text).stripTrailing());
            if (ends) {
                break;
            }
        }
        return lines;
    }
}
