package io.embedmta.examples.relay;

import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * For programs: one object a line. Times are ISO 8601 in UTC; the null sender is an empty string;
 * what is not known is not there.
 */
final class JsonListing implements Listing {
    private final Writer out;

    JsonListing(Writer out) {
        this.out = out;
    }

    @Override
    public void message(QueuedMail mail) throws IOException {
        Json line =
                new Json()
                        .field("id", mail.id().text())
                        .field("arrival", mail.arrival().toString())
                        .field("size", mail.size())
                        .field("sender", mail.from().toString())
                        .field(
                                "recipients",
                                mail.recipients().stream().map(JsonListing::recipient).toList());
        out.append(line.toString()).append('\n');
    }

    private static Json recipient(QueuedRecipient recipient) {
        Json json =
                new Json()
                        .field("address", recipient.recipient().address().toString())
                        .field("destination", recipient.destination().name())
                        .field("state", recipient.state().name().toLowerCase(Locale.ROOT))
                        .field("attempts", recipient.attempts());
        recipient.lastReply().ifPresent(reply -> json.field("last_reply", reply(reply)));
        recipient.nextAttempt().ifPresent(at -> json.field("next_attempt", at.toString()));
        return json;
    }

    private static Json reply(Reply reply) {
        return new Json()
                .field("code", reply.code())
                .field("status", reply.status().toString())
                .field("text", reply.text());
    }

    @Override
    public void end() {
        // The last line is an object like all others.
    }
}
