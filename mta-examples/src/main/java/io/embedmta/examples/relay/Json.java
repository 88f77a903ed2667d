package io.embedmta.examples.relay;

import java.util.List;
import java.util.Locale;

/**
 * An object of JSON (RFC 8259) as it is put together, on one line and in ASCII alone, so that no
 * setting of a terminal or a pipe changes it, and no reader takes a character for a line end. A
 * library would be larger than this, and would have to be kept up to date for it.
 */
final class Json {
    private final StringBuilder text = new StringBuilder("{");

    Json field(String name, String value) {
        string(name(name), value);
        return this;
    }

    Json field(String name, long value) {
        name(name).append(value);
        return this;
    }

    Json field(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    Json field(String name, Json value) {
        name(name).append(value);
        return this;
    }

    Json field(String name, List<Json> values) {
        name(name).append('[');
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",").append(values.get(i));
        }
        text.append(']');
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        string(text, name);
        return text.append(':');
    }

    /** RFC 8259 §7; a character beyond the BMP as its two surrogates. */
    private static void string(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
