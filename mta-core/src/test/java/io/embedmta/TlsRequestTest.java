package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.event.Accepted;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.TlsRequest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application asks of transport security on the way (RFC 8689). */
@Timeout(60)
class TlsRequestTest {
    private static final String WAIVER = "TLS-Required: No\r\n";
    private static final Envelope LETTER = Envelope.from("a@x.example").to("b@x.example");

    private static TlsRequest queued(Envelope envelope, String header, HeaderEdits edits)
            throws Exception {
        Filter editing =
                new Filter() {
                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        return Verdict.next(edits);
                    }
                };
        try (Mta mta =
                Mta.builder("own.example").store("x.example", mail -> {}).filter(editing).start()) {
            BlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();
            mta.on(Accepted.class, accepted::add);
            mta.submit(envelope, Content.of(header + "\r\nhello\r\n"));
            return accepted.take().envelope().tlsRequest();
        }
    }

    private static TlsRequest queued(String header) throws Exception {
        return queued(LETTER, header, HeaderEdits.NONE);
    }

    @Test
    void field_waives() throws Exception {
        assertEquals(TlsRequest.WAIVED, queued("Subject: x\r\n" + WAIVER));
        assertEquals(TlsRequest.WAIVED, queued("tls-required:no\r\n"));
        assertEquals(TlsRequest.DEFAULT, queued("Subject: x\r\n"));
        assertEquals(TlsRequest.DEFAULT, queued("TLS-Required: Nope\r\n"));
        assertEquals(TlsRequest.DEFAULT, queued("TLS-Required: Yes\r\n"));
        assertEquals(TlsRequest.DEFAULT, queued("X-TLS-Required: No\r\n"));
        assertEquals(TlsRequest.DEFAULT, queued("Subject: x\r\n\r\n" + WAIVER));
    }

    @Test
    void request_outdoesTheField() throws Exception {
        assertEquals(
                TlsRequest.REQUIRED,
                queued(LETTER.withTlsRequest(TlsRequest.REQUIRED), WAIVER, HeaderEdits.NONE));
    }

    @Test
    void fieldOfAFilter_countsLikeTheOthers() throws Exception {
        HeaderEdits added = HeaderEdits.prepend("TLS-Required", "No");
        HeaderEdits removed = HeaderEdits.remove("TLS-Required");
        assertEquals(TlsRequest.WAIVED, queued(LETTER, "Subject: x\r\n", added));
        assertEquals(TlsRequest.DEFAULT, queued(LETTER, WAIVER, removed));
    }
}
