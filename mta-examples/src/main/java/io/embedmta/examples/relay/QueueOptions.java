package io.embedmta.examples.relay;

import io.embedmta.queue.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The options of the queue command, checked. */
record QueueOptions(Path spool, QueueRequest request) {

    static final String USAGE =
            """
            Usage: java -jar mta-relay.jar queue --spool DIR ACTION [WHICH] [--json]

            Works on the queue of a relay that runs on this spool, or on a spool that none runs on.

            ACTION is one of
            list                     show what is queued; without WHICH, all of it
            hold                     attempt no delivery until it is released
            release                  give free what is held
            retry                    make what waits due at once
            bounce                   give up; the sender is told
            remove                   take it away; the sender is not told

            WHICH is one of
            --id ID                  one message
            --destination NAME       what goes to one destination: a domain, or as list shows it
            --sender ADDRESS         the messages of one sender; <> is the null sender
            --all                    all that is queued now

            --json                   answer in JSON, one object a line
            --help                   print this

            Exit code: 1 if it cannot be done, 2 if an option is wrong.""";

    /** Reads the options; empty if help is wanted. */
    static Optional<QueueOptions> parse(List<String> arguments) {
        Parser parser = new Parser();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            switch (word) {
                case "--help" -> {
                    return Optional.empty();
                }
                case "--json" -> parser.json = true;
                case "--all" -> parser.select(word, "");
                case "--spool", "--id", "--destination", "--sender" -> {
                    if (i + 1 == arguments.size()) {
                        throw new IllegalArgumentException(
                                word + " takes a value; see queue --help");
                    }
                    parser.take(word, arguments.get(++i));
                }
                default -> parser.act(word);
            }
        }
        return Optional.of(parser.finish());
    }

    /** What was given so far. */
    private static final class Parser {
        private Optional<Path> spool = Optional.empty();
        private Optional<QueueRequest.Action> action = Optional.empty();
        private Optional<Selection> which = Optional.empty();
        private boolean json;

        void act(String word) {
            if (word.startsWith("-")) {
                throw new IllegalArgumentException("unknown option " + word + "; see queue --help");
            }
            if (action.isPresent()) {
                throw new IllegalArgumentException(
                        word + " is one action too many beside " + action.get());
            }
            action = Optional.of(QueueRequest.Action.of(word));
        }

        void take(String option, String value) {
            if (option.equals("--spool")) {
                spool = Optional.of(OptionValues.directory(option, value));
            } else {
                select(option, value);
            }
        }

        void select(String option, String value) {
            if (which.isPresent()) {
                throw new IllegalArgumentException(
                        option + ": give one of --id, --destination, --sender and --all");
            }
            try {
                which = Optional.of(QueueRequest.selection(option.substring(2), value));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
            }
        }

        QueueOptions finish() {
            QueueRequest.Action wanted =
                    action.orElseThrow(() -> missing("an action, such as list"));
            Path directory = spool.orElseThrow(() -> missing("--spool DIR"));
            if (which.isEmpty() && wanted != QueueRequest.Action.LIST) {
                throw missing("--id, --destination, --sender or --all with " + wanted);
            }
            return new QueueOptions(
                    directory, new QueueRequest(wanted, which.orElse(Selection.all()), json));
        }

        private static IllegalArgumentException missing(String what) {
            return new IllegalArgumentException("queue wants " + what + "; see queue --help");
        }
    }
}
