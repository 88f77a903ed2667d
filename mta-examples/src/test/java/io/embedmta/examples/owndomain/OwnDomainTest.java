package io.embedmta.examples.owndomain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnDomainTest {

    @Test
    void message_toTheAlias_isInBothMaildirs(@TempDir Path mail) throws Exception {
        try (Mta mta = OwnDomain.builder(0, mail, "localhost", 25).start()) {
            assertTrue(
                    mta.submit(
                                    Envelope.from("eve@example.net").to("info@example.org"),
                                    Content.of("Subject: x\r\n\r\nHello.\r\n"))
                            .completion()
                            .get(10, TimeUnit.SECONDS)
                            .isSuccess());
        }
        assertEquals(1, messages(mail.resolve("ann")));
        assertEquals(1, messages(mail.resolve("bob")));
    }

    private static long messages(Path mailbox) throws IOException {
        try (Stream<Path> files = Files.list(mailbox.resolve("new"))) {
            return files.count();
        }
    }
}
