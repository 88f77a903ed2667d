package io.embedmta.smtp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a MAIL or RCPT command (RFC 5321 §4.1.2): keywords in upper case, each with a
 * value or none. Immutable.
 */
public final class EsmtpParameters {
    /** No parameters. */
    public static final EsmtpParameters NONE = new EsmtpParameters(Map.of());

    /** A keyword without a value maps to the empty string: a value has at least one character. */
    private final Map<String, String> values;

    private EsmtpParameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads what follows the path.
     *
     * @throws SyntaxException if a parameter is malformed or stands twice
     */
    public static EsmtpParameters parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ' ') {
                at++;
                continue;
            }
            int end = text.indexOf(' ', at);
            end = end < 0 ? text.length() : end;
            add(values, text.substring(at, end));
            at = end;
        }
        return values.isEmpty() ? NONE : new EsmtpParameters(values);
    }

    private static void add(Map<String, String> values, String parameter) {
        int equals = parameter.indexOf('=');
        String keyword = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        if (!isKeyword(keyword)) {
            throw new SyntaxException("A parameter keyword is letters, digits and hyphens.");
        }
        if (equals >= 0 && !isValue(value)) {
            throw new SyntaxException("The value of " + keyword + " is empty or malformed.");
        }
        if (values.put(keyword.toUpperCase(Locale.ROOT), value) != null) {
            throw new SyntaxException("The parameter " + keyword + " stands twice.");
        }
    }

    private static boolean isKeyword(String text) {
        if (text.isEmpty() || text.charAt(0) == '-') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ok =
                    (c >= 'A' && c <= 'Z')
                            || (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || c == '-';
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    /** esmtp-value of RFC 5321 §4.1.2, with UTF-8 as of RFC 6531 §3.3. */
    private static boolean isValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '=' || c == 127) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The keywords, in upper case and in the order sent. */
    public Set<String> keywords() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Whether the keyword, given in upper case, is there. */
    public boolean has(String keyword) {
        return values.containsKey(keyword);
    }

    /** The value of the keyword, given in upper case; empty if it is missing or has no value. */
    public Optional<String> value(String keyword) {
        return Optional.ofNullable(values.get(keyword)).filter(value -> !value.isEmpty());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EsmtpParameters that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
