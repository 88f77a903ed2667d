package io.embedmta.examples.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.SubmissionReport;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.store.MemoryStore;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExistingCodeTest {
    private static final String MESSAGE =
            "From: ann@x.example\r\nTo: bob@x.example\r\nSubject: Hello\r\n\r\nHello.\r\n";

    @Test
    void message_sentByExistingCode_arrives() throws Exception {
        MemoryStore store = MemoryStore.forAnyone();
        try (Mta mta =
                Mta.builder("app.example.org")
                        .store("x.example", store)
                        .resolver(StaticResolver.builder().build())
                        .start()) {
            MimeMessage message =
                    ExistingCode.send(
                            mta,
                            new ByteArrayInputStream(MESSAGE.getBytes(StandardCharsets.UTF_8)));
            SubmissionReport report = ExistingCode.outcomes(mta, message).get(10, TimeUnit.SECONDS);
            assertTrue(report.isSuccess(), report.toString());
            assertEquals(1, store.messages().size());
        }
    }
}
