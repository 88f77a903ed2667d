package io.embedmta.internal.dsn;

import io.embedmta.internal.wire.CrlfOutputStream;
import io.embedmta.message.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header section of the original message, or as much of it as 64 KiB hold, cut after a whole
 * line. Line ends are CRLF.
 */
final class HeaderSection {
    static final int MAX = 64 * 1024;
    private static final int MAX_LINE = 998;

    private final byte[] octets;
    private final boolean eightBit;
    private final boolean overlong;

    private HeaderSection(byte[] octets) {
        this.octets = octets;
        boolean high = false;
        boolean wide = false;
        int lineStart = 0;
        for (int i = 0; i < octets.length; i++) {
            high |= octets[i] < 0;
            if (octets[i] == '\n') {
                wide |= i - 1 - lineStart > MAX_LINE;
                lineStart = i + 1;
            }
        }
        this.eightBit = high;
        this.overlong = wide;
    }

    /**
     * Of nothing, if there is no content.
     *
     * @throws UnreadableMessageException if the content cannot be read
     */
    static HeaderSection of(@Nullable Content content) throws IOException {
        if (content == null) {
            return new HeaderSection(new byte[0]);
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int taken;
        try (InputStream in = OriginalInputStream.open(content);
                CrlfOutputStream out = new CrlfOutputStream(lines)) {
            byte[] start = in.readNBytes(MAX);
            taken = start.length;
            out.write(start);
        }
        byte[] octets = lines.toByteArray();
        return new HeaderSection(Arrays.copyOf(octets, length(octets, taken == MAX)));
    }

    /** Up to the empty line; failing that, up to the last whole line. */
    private static int length(byte[] octets, boolean cut) {
        int lineStart = 0;
        for (int i = 1; i < octets.length; i++) {
            if (octets[i] == '\n') {
                if (i - 1 == lineStart) {
                    return lineStart;
                }
                lineStart = i + 1;
            }
        }
        return cut ? lineStart : octets.length;
    }

    byte[] octets() {
        return octets;
    }

    /** Whether there are octets above 127, with or without the leave of SMTPUTF8. */
    boolean isEightBit() {
        return eightBit;
    }

    /** Whether a line is longer than RFC 5322 §2.1.1 allows. */
    boolean isOverlong() {
        return overlong;
    }

    /** The unfolded value of the first field of that name; empty if there is none. */
    Optional<String> value(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        StringBuilder value = null;
        Iterator<String> lines = new String(octets, StandardCharsets.UTF_8).lines().iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            boolean continued = line.startsWith(" ") || line.startsWith("\t");
            if (value != null && !continued) {
                break;
            }
            if (value != null) {
                value.append(line);
            } else if (line.regionMatches(true, 0, prefix, 0, prefix.length())) {
                value = new StringBuilder(line.substring(prefix.length()));
            }
        }
        return value == null ? Optional.empty() : Optional.of(value.toString().strip());
    }
}
