package io.embedmta.examples.tickets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.Mta;
import io.embedmta.Submission;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TicketsTest {

    @Test
    void message_toTheTickets_opensOne() throws Exception {
        Tickets tickets = new Tickets();
        try (Mta mta = Tickets.builder(tickets, 0).start()) {
            Submission submission =
                    mta.submit(
                            Envelope.from("ann@example.org").to("help@tickets.example.org"),
                            Content.of("Subject: It is broken\r\n\r\nPlease mend it.\r\n"));
            submission.completion().get(10, TimeUnit.SECONDS);
        }
        assertEquals(List.of("It is broken"), tickets.titles());
    }
}
