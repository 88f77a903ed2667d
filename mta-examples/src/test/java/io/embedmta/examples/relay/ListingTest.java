package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.message.Destination;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import io.embedmta.smtp.Reply;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both forms of a list, to the character. */
class ListingTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private static PendingRecipient pending(MailAddress address, int attempts) {
        return new PendingRecipient(Recipient.of(address), attempts, false);
    }

    private static final MailAddress BOB = MailAddress.of("bob@example.org");
    private static final MailAddress ODD =
            MailAddress.of("a\"\\\u2028\uD83D\uDE00", MailDomain.of("example.org"));

    private static List<QueuedMail> mails() {
        Destination byDomain = new Destination("example.org");
        PendingRecipient tried =
                pending(BOB, 2).withLastReply(Reply.of(451, "4.7.1", "come \"again\""));
        return List.of(
                new QueuedMail(
                        new QueueId("0V8RZBCDFGHJKLMN"),
                        NOW.minusSeconds(3700),
                        1234,
                        ReversePath.of("ann@example.net"),
                        List.of(
                                QueuedRecipient.waiting(tried, byDomain, NOW.plusSeconds(61)),
                                QueuedRecipient.held(pending(ODD, 1), new Destination("x:y")))),
                new QueuedMail(
                        new QueueId("1"),
                        NOW,
                        5,
                        ReversePath.NULL,
                        List.of(
                                QueuedRecipient.waiting(pending(BOB, 0), byDomain, NOW),
                                QueuedRecipient.active(pending(BOB, 0), byDomain),
                                QueuedRecipient.ending(pending(BOB, 0), byDomain))));
    }

    @Test
    void text_isAligned() throws Exception {
        StringWriter out = new StringWriter();
        TextListing listing = new TextListing(out, NOW);
        for (QueuedMail mail : mails()) {
            listing.message(mail);
        }
        listing.end();
        assertEquals(
                """
                ID                     SIZE     AGE  SENDER
                0V8RZBCDFGHJKLMN       1234   1h01m  <ann@example.net>
                  waiting  <bob@example.org>, 2 attempts, next in 1m01s
                           451 4.7.1 come "again"
                  held     <"a\\"\\\\%s"@example.org> to x:y, 1 attempt
                1                         5      0s  <>
                  waiting  <bob@example.org>, due
                  active   <bob@example.org>
                  ending   <bob@example.org>
                2 messages, 1239 octets
                """
                        .formatted("\u2028\uD83D\uDE00"),
                out.toString());
    }

    @Test
    void json_isOneObjectALine_inAscii() throws Exception {
        StringWriter out = new StringWriter();
        JsonListing listing = new JsonListing(out);
        for (QueuedMail mail : mails()) {
            listing.message(mail);
        }
        listing.end();
        List<String> lines = out.toString().lines().toList();
        assertEquals(
                "{'id':'0V8RZBCDFGHJKLMN','arrival':'2026-11-25T10:58:20Z','size':1234,"
                        + "'sender':'ann@example.net','recipients':["
                        + "{'address':'bob@example.org','destination':'example.org','state':'waiting',"
                        + "'attempts':2,'last_reply':{'code':451,'status':'4.7.1',"
                        + "'text':'come \\'again\\''},'next_attempt':'2026-11-25T12:01:01Z'},"
                        + "{'address':'\\'a\\\\\\'\\\\\\\\\\u2028\\ud83d\\ude00\\'@example.org',"
                        + "'destination':'x:y','state':'held','attempts':1}]}",
                lines.get(0).replace('"', '\''));
        assertEquals(2, lines.size());
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, 0s",
        "PT59.9S, 59s",
        "PT60S, 1m00s",
        "PT59M59S, 59m59s",
        "PT1H, 1h00m",
        "PT23H59M59S, 23h59m",
        "PT24H, 1d00h",
        "PT120H30M, 5d00h"
    })
    void time_hasItsTwoLargestUnits(Duration time, String text) {
        assertEquals(text, TextListing.time(time));
    }
}
