package io.embedmta.internal.json;

import java.util.List;
import java.util.Locale;

/**
 * An object of JSON (RFC 8259) as it is put together, on one line and in ASCII alone, so that no
 * character set on the way changes it. For one thread. Two shapes are all that is ever written
 * here, and a library would be a dependency of everybody who sends mail.
 */
public final class JsonObject {
    private final StringBuilder text = new StringBuilder("{");

    /** Without fields. */
    public JsonObject() {}

    /** Adds a text. */
    public JsonObject field(String name, String value) {
        string(name(name), value);
        return this;
    }

    /** Adds a number. */
    public JsonObject field(String name, long value) {
        name(name).append(value);
        return this;
    }

    /** Adds a truth value. */
    public JsonObject field(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    /** Adds an object. */
    public JsonObject field(String name, JsonObject value) {
        name(name).append(value);
        return this;
    }

    /** Adds an array of texts. */
    public JsonObject texts(String name, List<String> values) {
        name(name).append('[');
        for (int i = 0; i < values.size(); i++) {
            string(text.append(i == 0 ? "" : ","), values.get(i));
        }
        text.append(']');
        return this;
    }

    /** Adds an array of objects. */
    public JsonObject objects(String name, List<JsonObject> values) {
        name(name).append(array(values));
        return this;
    }

    /** An array of objects that stands alone. */
    public static String array(List<JsonObject> values) {
        StringBuilder array = new StringBuilder("[");
        for (int i = 0; i < values.size(); i++) {
            array.append(i == 0 ? "" : ",").append(values.get(i));
        }
        return array.append(']').toString();
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        string(text, name);
        return text.append(':');
    }

    /**
     * RFC 8259 §7: a character beyond the BMP as its two surrogates. Half of such a pair is no
     * character (§8.2).
     */
    private static void string(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                out.append(c);
            } else {
                char shown = isHalfAPair(value, i) ? '\ufffd' : c;
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) shown));
            }
        }
        out.append('"');
    }

    private static boolean isHalfAPair(String value, int at) {
        char c = value.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1));
        }
        return Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
