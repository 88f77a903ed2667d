package io.embedmta.auth;

import io.embedmta.smtp.SyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a {@link UserFile}: {@code name:hash} or {@code name:hash:sender,sender}. Its text does
 * not hold the hash.
 */
record UserLine(Identity identity, ScramVerifier verifier) {
    /** The hash has two colons of its own. */
    private static final Pattern LINE =
            Pattern.compile(
                    "([^:\\s]+)\\s*[:\\s]\\s*([^:]+:[^:]+:[^:\\s]+)(?:\\s*[:\\s]\\s*(.*))?",
                    Pattern.DOTALL);

    /**
     * Reads a line.
     *
     * @return empty if it is blank or a comment
     * @throws SyntaxException if it is malformed; the message holds no hash
     */
    static Optional<UserLine> parse(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return Optional.empty();
        }
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            throw new SyntaxException("A user is name:hash or name:hash:sender,sender.");
        }
        Identity plain = new Identity(SaslPrep.prepare(matcher.group(1).strip()));
        ScramVerifier verifier = ScramVerifier.parse(matcher.group(2).strip());
        String senders = matcher.group(3);
        return Optional.of(
                new UserLine(senders == null ? plain : senders(plain, senders), verifier));
    }

    private static Identity senders(Identity plain, String list) {
        List<String> senders =
                Pattern.compile(",")
                        .splitAsStream(list)
                        .map(String::strip)
                        .filter(sender -> !sender.isEmpty())
                        .toList();
        return plain.sendingAs(senders.toArray(String[]::new));
    }

    @Override
    public String toString() {
        return identity.name();
    }
}
