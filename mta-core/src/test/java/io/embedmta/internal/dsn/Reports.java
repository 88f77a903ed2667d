package io.embedmta.internal.dsn;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Reports to compose DSNs from, the same in each test. */
final class Reports {
    static final Instant ARRIVAL = Instant.parse("2026-05-05T08:00:00Z");
    static final Instant NOW = Instant.parse("2026-05-10T08:05:00Z");
    static final Instant GIVE_UP = Instant.parse("2026-05-10T08:00:00Z");
    static final QueueId ID = new QueueId("0ABC123");

    private Reports() {}

    static DsnReport of(
            Envelope envelope, @Nullable Content content, RecipientReport... recipients) {
        return new DsnReport(
                MailDomain.of("relay.example.org"),
                ID,
                envelope,
                content,
                ARRIVAL,
                NOW,
                GIVE_UP,
                List.of(recipients));
    }

    static RecipientReport recipient(Action action, String address) {
        return recipient(Recipient.of(MailAddress.of(address)), action, usualReply(action));
    }

    static RecipientReport recipient(Recipient recipient, Action action, Reply reply) {
        return new RecipientReport(
                recipient, action, usualStatus(action), reply, "mx.y.example", NOW);
    }

    static Recipient withOriginal(String address, String original) {
        return Recipient.of(MailAddress.of(address))
                .withOriginal(OriginalRecipient.of(MailAddress.of(original)));
    }

    static EnhancedCode usualStatus(Action action) {
        return EnhancedCode.of(
                switch (action) {
                    case FAILED -> "5.1.1";
                    case DELAYED -> "4.2.2";
                    case DELIVERED, RELAYED, EXPANDED -> "2.0.0";
                });
    }

    static Reply usualReply(Action action) {
        return switch (action) {
            case FAILED -> Reply.of(550, "5.1.1", "<bob@y.example>: no such user", "Good bye");
            case DELAYED -> Reply.of(452, "4.2.2", "Mailbox full");
            case DELIVERED, RELAYED, EXPANDED -> Reply.of(250, "2.0.0", "Ok");
        };
    }

    static byte[] compose(DsnReport report) throws IOException {
        return bytes(new DsnComposer(new Random(1)).compose(report));
    }

    static byte[] bytes(Dsn dsn) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        dsn.writeTo(out);
        return out.toByteArray();
    }
}
