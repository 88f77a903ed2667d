package io.embedmta.examples.moved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.Outcome;
import io.embedmta.SubmissionReport;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MovedTest {

    @Test
    void recipients_oldAndNew_areToldAndMarked() throws Exception {
        CompletableFuture<String> arrived = new CompletableFuture<>();
        try (Mta mta =
                Moved.builder(
                                0,
                                mail -> {
                                    try (InputStream in = mail.content().open()) {
                                        arrived.complete(
                                                new String(
                                                        in.readAllBytes(),
                                                        StandardCharsets.US_ASCII));
                                    }
                                })
                        .start()) {
            SubmissionReport report =
                    mta.submit(
                                    Envelope.from("ann@example.org")
                                            .to("bob@old.example.org", "bob@new.example.org"),
                                    Content.of("Subject: x\r\n\r\nHello.\r\n"))
                            .completion()
                            .get(10, TimeUnit.SECONDS);
            Outcome old = report.outcomes().get(0);
            assertEquals(Outcome.Status.REJECTED, old.status());
            assertEquals("550 5.1.6 moved to new.example.org", old.reply().toString());
            assertEquals(Outcome.Status.DELIVERED, report.outcomes().get(1).status());
            assertTrue(arrived.get(10, TimeUnit.SECONDS).contains("X-Filtered: yes\r\n"));
        }
    }
}
