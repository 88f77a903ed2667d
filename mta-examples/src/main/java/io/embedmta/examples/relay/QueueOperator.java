package io.embedmta.examples.relay;

import io.embedmta.queue.QueueControl;
import io.embedmta.queue.QueuedMail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Clock;

/** Does what is asked of a queue, and writes down what came of it. Thread-safe. */
final class QueueOperator {
    private final QueueControl queue;
    private final Clock clock;
    private final boolean relayRuns;

    /**
     * @param relayRuns whether somebody carries out orders now
     */
    QueueOperator(QueueControl queue, Clock clock, boolean relayRuns) {
        this.queue = queue;
        this.clock = clock;
        this.relayRuns = relayRuns;
    }

    /**
     * Answers a request, in whole lines.
     *
     * @return how many messages it concerned
     * @throws IOException if the queue or the writer fails
     */
    int answer(QueueRequest request, Writer out) throws IOException {
        if (request.action() == QueueRequest.Action.LIST) {
            return list(request, out);
        }
        int messages = change(request);
        boolean waits = request.action() == QueueRequest.Action.BOUNCE && !relayRuns;
        if (request.json()) {
            Json line =
                    new Json()
                            .field("action", request.action().toString())
                            .field("messages", messages)
                            .field("waits_for_relay", waits);
            out.append(line.toString()).append('\n');
        } else {
            out.append(request.action() + ": " + TextListing.messages(messages));
            out.append(waits ? ", once a relay runs on this spool\n" : "\n");
        }
        return messages;
    }

    private int change(QueueRequest request) throws IOException {
        return switch (request.action()) {
            case HOLD -> queue.hold(request.which());
            case RELEASE -> queue.release(request.which());
            case RETRY -> queue.retry(request.which(), clock.instant());
            case BOUNCE -> queue.bounce(request.which());
            case REMOVE -> queue.remove(request.which());
            case LIST -> throw new IllegalArgumentException("list changes nothing");
        };
    }

    private int list(QueueRequest request, Writer out) throws IOException {
        Listing listing =
                request.json() ? new JsonListing(out) : new TextListing(out, clock.instant());
        int[] messages = {0};
        try {
            queue.list(
                    request.which(),
                    mail -> {
                        show(listing, mail);
                        messages[0]++;
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        listing.end();
        return messages[0];
    }

    private static void show(Listing listing, QueuedMail mail) {
        try {
            listing.message(mail);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
