package io.embedmta.dns.tlsrpt;

import java.util.List;

/** Writes JSON (RFC 8259), in ASCII. For one thread. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    JsonWriter open(char bracket) {
        separate();
        out.append(bracket);
        first = true;
        return this;
    }

    JsonWriter close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    /** The name of what comes next. */
    JsonWriter name(String name) {
        separate();
        string(name);
        out.append(':');
        first = true;
        return this;
    }

    JsonWriter field(String name, String value) {
        name(name);
        string(value);
        first = false;
        return this;
    }

    JsonWriter field(String name, long value) {
        name(name);
        out.append(value);
        first = false;
        return this;
    }

    JsonWriter field(String name, List<String> values) {
        name(name).open('[');
        for (String value : values) {
            separate();
            string(value);
        }
        return close(']');
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 127) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
