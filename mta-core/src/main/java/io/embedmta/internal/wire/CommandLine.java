package io.embedmta.internal.wire;

import io.embedmta.smtp.Verb;
import java.util.Optional;

/**
 * A command line, cut into verb and argument (RFC 5321 §4.1.1).
 *
 * @param verb empty if the first word is no verb we know
 * @param argument what follows, without the spaces around it; empty if there is none
 */
public record CommandLine(Optional<Verb> verb, String argument) {

    /**
     * Cuts a line, given without its CRLF and {@linkplain #withoutTrailingBlanks without blanks} at
     * its end.
     */
    public static CommandLine parse(String line) {
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        return new CommandLine(Verb.of(word), space < 0 ? "" : line.substring(space + 1).strip());
    }

    /** RFC 5321 §4.1.1: spaces and tabs before the CRLF are tolerated. */
    public static String withoutTrailingBlanks(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        return line.substring(0, end);
    }

    /** Whether a line without a known verb begins an HTTP request (RFC 9112 §3). */
    public boolean isHttp() {
        int version = argument.length() - "HTTP/1.1".length();
        return version >= 0 && argument.startsWith("HTTP/", version);
    }
}
