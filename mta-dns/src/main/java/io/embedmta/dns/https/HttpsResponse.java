package io.embedmta.dns.https;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer. Immutable, but for the array, which belongs to whoever asked.
 *
 * @param status 200 to 599
 * @param fields by name in lower case; of a repeated one, the values joined by commas (RFC 9110
 *     §5.3)
 * @param body empty unless the status is 200
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record HttpsResponse(int status, Map<String, String> fields, byte[] body) {

    /** Copies the fields. */
    public HttpsResponse {
        fields = Map.copyOf(fields);
    }

    /** The media type in lower case, without parameters (RFC 9110 §8.3.1). */
    public Optional<String> mediaType() {
        return Optional.ofNullable(fields.get("content-type"))
                .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
    }
}
