package io.embedmta.examples.relay;

import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.Selection;
import java.util.Locale;

/**
 * What an operator asks of a queue.
 *
 * @param json whether programs read the answer
 */
record QueueRequest(Action action, Selection which, boolean json) {

    /** What is to be done; {@code QueueControl} says what each means. */
    enum Action {
        LIST,
        HOLD,
        RELEASE,
        RETRY,
        BOUNCE,
        REMOVE;

        static Action of(String word) {
            for (Action action : values()) {
                if (action.toString().equals(word)) {
                    return action;
                }
            }
            throw new IllegalArgumentException("unknown action " + word + "; see queue --help");
        }

        /** The word for it on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One way to name messages.
     *
     * @param kind {@code id}, {@code destination}, {@code sender} or {@code all}
     * @param value ignored for all
     */
    static Selection selection(String kind, String value) {
        return switch (kind) {
            case "id" -> Selection.id(new QueueId(value));
            case "destination" -> Selection.destination(destination(value));
            case "sender" -> Selection.sender(sender(value));
            case "all" -> Selection.all();
            default -> throw new IllegalArgumentException("unknown selection " + kind);
        };
    }

    /** A domain is a destination by its A-labels, however it was typed. */
    private static String destination(String value) {
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("takes the name of a destination");
        }
        try {
            return MailDomain.of(value).text();
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    private static ReversePath sender(String value) {
        boolean angled = value.startsWith("<") && value.endsWith(">");
        return ReversePath.of(angled ? value.substring(1, value.length() - 1) : value);
    }

    /** Reads {@link #line}. */
    static QueueRequest parse(String line) {
        String[] words = line.split(" ", 4);
        if (words.length < 3 || !(words[1].equals("json") || words[1].equals("text"))) {
            throw new IllegalArgumentException("a request is ACTION FORM SELECTION [VALUE]");
        }
        return new QueueRequest(
                Action.of(words[0]),
                selection(words[2], words.length > 3 ? words[3] : ""),
                words[1].equals("json"));
    }

    /** The request as it goes to a running relay, without a line end. */
    String line() {
        return action + (json ? " json " : " text ") + words(which);
    }

    /** For the log. */
    @Override
    public String toString() {
        return action + " " + words(which);
    }

    private static String words(Selection which) {
        if (which instanceof Selection.ById byId) {
            return "id " + byId.id();
        }
        if (which instanceof Selection.ByDestination byDestination) {
            return "destination " + byDestination.name();
        }
        if (which instanceof Selection.BySender bySender) {
            return "sender " + bySender.from();
        }
        return "all";
    }
}
