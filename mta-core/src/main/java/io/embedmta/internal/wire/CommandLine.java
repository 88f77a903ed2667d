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

    /** Cuts a line, given without its CRLF. */
    public static CommandLine parse(String line) {
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        // RFC 5321 §4.1.1.1 and others: trailing white space is tolerated.
        return new CommandLine(Verb.of(word), space < 0 ? "" : line.substring(space + 1).strip());
    }

    /** Whether a line without a known verb begins an HTTP request (RFC 9112 §3). */
    public boolean isHttp() {
        int version = argument.length() - "HTTP/1.1".length();
        return version >= 0 && argument.startsWith("HTTP/", version);
    }

    /** Whether the line holds a control character, which no command does (RFC 5321 §4.1.2). */
    public static boolean hasControls(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c < ' ' && c != '\t') || c == 127) {
                return true;
            }
        }
        return false;
    }
}
