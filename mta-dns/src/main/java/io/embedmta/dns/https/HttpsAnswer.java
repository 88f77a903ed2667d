package io.embedmta.dns.https;

import java.util.Locale;
import java.util.Map;

/**
 * What a server answered.
 *
 * @param status 100 to 599
 * @param fields the header, names in lower case; of a name that stands twice, the first
 * @param body all of it, as UTF-8
 */
public record HttpsAnswer(int status, Map<String, String> fields, String body) {

    /** The media type without its parameters, in lower case; empty if none is said. */
    public String mediaType() {
        String value = fields.getOrDefault("content-type", "");
        int semicolon = value.indexOf(';');
        return (semicolon < 0 ? value : value.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
