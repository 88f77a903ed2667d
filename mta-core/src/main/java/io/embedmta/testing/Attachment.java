package io.embedmta.testing;

import io.embedmta.message.Content;

/**
 * A file in a message. Immutable.
 *
 * @param name as the message gives it; empty if it gives none
 * @param type without parameters, in lower case, such as {@code application/pdf}
 * @param content decoded, on the heap
 */
public record Attachment(String name, String type, Content content) {

    @Override
    public String toString() {
        return name + " (" + type + ", " + content.size() + " octets)";
    }
}
