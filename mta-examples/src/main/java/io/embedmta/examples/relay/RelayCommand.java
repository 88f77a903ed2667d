package io.embedmta.examples.relay;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * A mail relay, and what its operator does with its queue: {@code java -jar mta-relay.jar --help}.
 */
public final class RelayCommand {

    private RelayCommand() {}

    /** Runs until the process is told to stop, or the queue's command is done. */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = Arrays.asList(arguments);
        try {
            if (!words.isEmpty() && words.get(0).equals("queue")) {
                // Not System.out, which keeps to itself that nobody reads any more.
                QueueCommand.run(
                        words.subList(1, words.size()), new FileOutputStream(FileDescriptor.out));
            } else if (!words.isEmpty() && words.get(0).equals("hash")) {
                HashCommand.run(words.subList(1, words.size()), System.in, System.out);
            } else {
                Relay.run(words, System.out);
            }
        } catch (CommandFailure e) {
            System.err.println("mta-relay: " + e.getMessage());
            System.exit(e.exitCode());
        }
    }
}
