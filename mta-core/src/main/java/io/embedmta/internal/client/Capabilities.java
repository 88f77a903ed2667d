package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a server offered in its reply to EHLO (RFC 5321 §4.1.1.1).
 *
 * @param keywords in upper case, each with the rest of its line
 */
record Capabilities(Map<String, String> keywords) {
    /** Those of a server that only knows HELO. */
    static final Capabilities NONE = new Capabilities(Map.of());

    Capabilities {
        keywords = Map.copyOf(keywords);
    }

    /** Reads a positive reply to EHLO. Its first line is the server's name. */
    static Capabilities of(Reply ehlo) {
        List<String> lines = ehlo.lines();
        Map<String, String> keywords = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int end = keywordEnd(line);
            keywords.merge(
                    line.substring(0, end).toUpperCase(Locale.ROOT),
                    line.substring(Math.min(end + 1, line.length())).strip(),
                    // Servers that offer both AUTH and the old AUTH= mean the sum of them.
                    (one, other) -> one + " " + other);
        }
        return new Capabilities(keywords);
    }

    /** A space ends the keyword; in {@code AUTH=LOGIN}, from before RFC 2554, an equals sign. */
    private static int keywordEnd(String line) {
        int at = 0;
        while (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '=') {
            at++;
        }
        return at;
    }

    /**
     * Whether the server offers an extension.
     *
     * @param keyword in upper case
     */
    boolean offers(String keyword) {
        return keywords.containsKey(keyword);
    }

    /** The names of the ways to log in, in upper case (RFC 4954 §3). */
    Set<String> mechanisms() {
        String names = keywords.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT);
        return names.isBlank() ? Set.of() : new HashSet<>(List.of(names.strip().split(" +")));
    }

    /** The largest message in octets; {@link Long#MAX_VALUE} if no limit is known (RFC 1870 §4). */
    long sizeLimit() {
        String value = keywords.getOrDefault("SIZE", "");
        try {
            long limit = Long.parseLong(value);
            return limit > 0 ? limit : Long.MAX_VALUE;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
