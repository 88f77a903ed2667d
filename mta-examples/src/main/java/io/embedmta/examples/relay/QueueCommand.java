package io.embedmta.examples.relay;

import io.embedmta.store.journal.JournalQueue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an operator does with a queue, by a running relay or, where none runs, without one. */
final class QueueCommand {
    /** A change to a million messages takes a relay a while. */
    private static final Duration RELAY_LIMIT = Duration.ofMinutes(2);

    private QueueCommand() {}

    /** Does what the arguments say. Text comes out in UTF-8, as mail has it. */
    static void run(List<String> arguments, OutputStream out) throws CommandFailure {
        Optional<QueueOptions> options;
        try {
            options = QueueOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrong(e);
        }
        try (OutputStream buffered = new BufferedOutputStream(out)) {
            if (options.isPresent()) {
                run(options.get().spool(), options.get().request(), buffered);
            } else {
                buffered.write((QueueOptions.USAGE + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw CommandFailure.cannot(Spools.sentence(e));
        }
    }

    private static void run(Path spool, QueueRequest request, OutputStream out)
            throws IOException, CommandFailure {
        Spools.refuseUnlessThere(spool);
        Optional<ControlConnection> relay = ControlSocket.connect(spool, RELAY_LIMIT);
        if (relay.isPresent()) {
            try (ControlConnection connection = relay.get()) {
                connection.writeRequest(request.line());
                ControlAnswer.copy(connection, out);
            }
        } else {
            runStopped(spool, request, out);
        }
    }

    private static void runStopped(Path spool, QueueRequest request, OutputStream out)
            throws IOException, CommandFailure {
        try (JournalQueue queue = Spools.openStopped(spool)) {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            new QueueOperator(queue, Clock.systemUTC(), false).answer(request, writer);
            writer.flush();
            if (request.action() == QueueRequest.Action.REMOVE) {
                Removals.carryOut(queue);
            }
        }
    }
}
