package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.embedmta.Mta;
import io.embedmta.dns.https.WebServer;
import io.embedmta.event.TlsAttempted;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.store.LocalMail;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports on their way: an agent on loopback, a clock that the test moves, a real web server. */
class TlsReportsTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BY_MAIL = "v=TLSRPTv1; rua=mailto:tls@example.org";

    private final ManualClock clock = ManualClock.at(Attempts.NOON);
    private final BlockingQueue<Received> inbox = new LinkedBlockingQueue<>();
    private final WebServer web = WebServer.start(AUTHORITY.issue("r.example.org"));
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private final RecordingResolver dns = new RecordingResolver(StaticResolver.builder().build());
    private final Mta mta =
            Mta.builder("relay.example.net")
                    .store("example.org", this::receive)
                    .filter(
                            new Filter() {
                                @Override
                                public Verdict recipient(TransactionView tx, Recipient to) {
                                    return verdict();
                                }
                            })
                    .clock(clock)
                    .start();
    private final Semaphore refused = new Semaphore(0);
    private volatile boolean refusing;
    private final List<TlsReports> started = new ArrayList<>();

    @TempDir Path directory;

    private record Received(QueueId id, Envelope envelope, MimeMessage message) {}

    private void receive(LocalMail mail) throws IOException {
        try (InputStream in = mail.content().open()) {
            MimeMessage message = new MimeMessage(Session.getInstance(new Properties()), in);
            inbox.add(new Received(mail.id(), mail.envelope(), message));
        } catch (MessagingException e) {
            throw new IOException(e);
        }
    }

    private Verdict verdict() {
        if (!refusing) {
            return Verdict.next();
        }
        refused.release();
        return Verdict.defer(451, "4.3.0", "not now");
    }

    @AfterEach
    void close() {
        started.forEach(TlsReports::close);
        mta.close();
        web.close();
    }

    private TlsReportsBuilder builder() {
        return TlsReports.by("Example Org", "tls-reports@example.net")
                .trusting(new Trust(false, Set.of(AUTHORITY.certificate())))
                .clock(clock)
                .random(new Random(1));
    }

    private TlsReports start(TlsReportsBuilder builder) {
        TlsReports reports = builder.start(mta, dns);
        started.add(reports);
        return reports;
    }

    private static StaticResolverBuilder record(String domain, String text) {
        return StaticResolver.builder().txt("_smtp._tls." + domain, text);
    }

    private StaticResolverBuilder byWeb() {
        return record(
                        "example.org",
                        "v=TLSRPTv1; rua=https://r.example.org:" + web.port() + "/in?x=1")
                .a("r.example.org", "127.0.0.1");
    }

    private void answerPosts(int status) {
        web.handler(
                exchange -> {
                    exchange.sendResponseHeaders(status, -1);
                    answers.add(status);
                });
    }

    private int nextAnswer() throws InterruptedException {
        Integer answer = answers.poll(30, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("No report was posted.");
        }
        return answer;
    }

    private Received nextMail() throws InterruptedException {
        Received mail = inbox.poll(30, TimeUnit.SECONDS);
        if (mail == null) {
            throw new AssertionError("No report came by mail.");
        }
        return mail;
    }

    /** To midnight, and beyond the longest delay after it. */
    private void endTheDay() {
        clock.advance(Duration.ofHours(12 + 4));
    }

    private static JsonNode unzipped(InputStream gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(gzip)) {
            return JSON.readTree(in);
        }
    }

    private static JsonNode report(Received mail) throws Exception {
        MimeMultipart parts = (MimeMultipart) mail.message().getContent();
        return unzipped(parts.getBodyPart(1).getInputStream());
    }

    @Test
    void report_byMail_hasTheFormOfTheRfc() throws Exception {
        dns.change(record("example.org", BY_MAIL).build());
        TlsReports reports = start(builder().contact("postmaster@example.net"));
        reports.count(Attempts.success("example.org", Attempts.STS));
        reports.count(
                Attempts.failure("example.org", Attempts.STS, Kind.CERTIFICATE_EXPIRED, "over"));
        endTheDay();
        Received mail = nextMail();
        MimeMessage message = mail.message();
        JsonNode json = report(mail);
        String id = json.get("report-id").asText();

        assertEquals("tls-reports@example.net", mail.envelope().from().toString());
        assertEquals(TlsRequest.WAIVED, mail.envelope().tlsRequest());
        assertEquals("<tls-reports@example.net>", message.getHeader("From", null));
        assertEquals("<tls@example.org>", message.getHeader("To", null));
        assertEquals("example.org", message.getHeader("TLS-Report-Domain", null));
        assertEquals("relay.example.net", message.getHeader("TLS-Report-Submitter", null));
        assertEquals("No", message.getHeader("TLS-Required", null));
        assertEquals("auto-generated", message.getHeader("Auto-Submitted", null));
        assertEquals("Mon, 2 Mar 2026 04:00:00 +0000", message.getHeader("Date", null));
        assertEquals("<" + id + ">", message.getMessageID());
        assertEquals(
                "Report Domain: example.org Submitter: relay.example.net Report-ID: <" + id + ">",
                message.getSubject());

        ContentType type = new ContentType(message.getContentType());
        assertTrue(type.match("multipart/report"), type.toString());
        assertEquals("tlsrpt", type.getParameter("report-type"));
        MimeMultipart parts = (MimeMultipart) message.getContent();
        assertEquals(2, parts.getCount());
        assertTrue(parts.getBodyPart(0).getContent().toString().contains("relay.example.net"));
        BodyPart attachment = parts.getBodyPart(1);
        assertEquals("application/tlsrpt+gzip", attachment.getContentType());
        assertTrue(
                attachment
                        .getFileName()
                        .matches(
                                "relay.example.net!example.org!1772323200!1772409599![0-9a-f]+.json.gz"),
                attachment.getFileName());

        assertEquals("Example Org", json.get("organization-name").asText());
        assertEquals("postmaster@example.net", json.get("contact-info").asText());
        assertEquals("2026-03-01T00:00:00Z", json.at("/date-range/start-datetime").asText());
        assertEquals("2026-03-01T23:59:59Z", json.at("/date-range/end-datetime").asText());
        assertEquals(
                JSON.readTree(
                        "{\"total-successful-session-count\":1,\"total-failure-session-count\":1}"),
                json.at("/policies/0/summary"));
    }

    @Test
    void report_ofALargeDay_isMailThatAnybodyCanRead() throws Exception {
        dns.change(record("example.org", BY_MAIL).build());
        TlsReports reports = start(builder());
        Random random = new Random(2);
        for (int i = 0; i < 100; i++) {
            String noise = Long.toHexString(random.nextLong()).repeat(8);
            reports.count(
                    Attempts.failure("example.org", Attempts.STS, Kind.VALIDATION_FAILURE, noise));
        }
        endTheDay();
        Received mail = nextMail();
        assertEquals(100, report(mail).at("/policies/0/failure-details").size());
    }

    @Test
    void report_byWeb_isPostedZipped() throws Exception {
        dns.change(byWeb().build());
        answerPosts(201);
        TlsReports reports = start(builder().toPrivateAddresses());
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        nextAnswer();
        WebServer.Request request = web.requests().get(0);
        assertEquals("POST", request.method());
        assertEquals("/in?x=1", request.target());
        assertEquals("application/tlsrpt+gzip", request.contentType());
        JsonNode json = unzipped(new ByteArrayInputStream(request.octets()));
        assertEquals("example.org", json.at("/policies/0/policy/policy-domain").asText());
    }

    @Test
    void post_thatFails_isRepeated_lessAndLessOften_withTheSameId() throws Exception {
        dns.change(byWeb().build());
        answerPosts(503);
        TlsReports reports = start(builder().toPrivateAddresses());
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        assertEquals(503, nextAnswer());
        clock.advance(Duration.ofMinutes(15));
        assertEquals(503, nextAnswer());
        answerPosts(200);
        clock.advance(Duration.ofMinutes(30));
        assertEquals(200, nextAnswer());
        List<String> ids = new ArrayList<>();
        for (WebServer.Request request : web.requests()) {
            ids.add(unzipped(new ByteArrayInputStream(request.octets())).get("report-id").asText());
        }
        assertEquals(3, ids.size());
        assertEquals(1, Set.copyOf(ids).size());
    }

    @Test
    void post_thatFailsForADay_isGivenUp() throws Exception {
        dns.change(byWeb().build());
        answerPosts(503);
        TlsReports reports = start(builder().toPrivateAddresses());
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        nextAnswer();
        int posts = 1;
        // 15 minutes, doubled each time: the seventh would come after a day.
        for (int minutes = 15; minutes < 960; minutes *= 2) {
            clock.advance(Duration.ofMinutes(minutes));
            nextAnswer();
            posts++;
        }
        dns.change(record("second.example", BY_MAIL).build());
        reports.count(
                Attempts.of(
                        clock.instant(),
                        Attempts.queueId(1),
                        "second.example",
                        Attempts.STS,
                        null));
        clock.advance(Duration.ofDays(2));
        nextMail();
        assertEquals(posts, web.requests().size());
    }

    /** Anybody may publish a record that names a server of ours. */
    @Test
    void post_toAPrivateAddress_isRefused_unlessAllowed() throws Exception {
        dns.change(byWeb().txt("_smtp._tls.second.example", BY_MAIL).build());
        answerPosts(200);
        TlsReports reports = start(builder());
        reports.count(Attempts.success("example.org", Attempts.STS));
        reports.count(Attempts.success("second.example", Attempts.STS));
        endTheDay();
        assertEquals("second.example", nextMail().message().getHeader("TLS-Report-Domain", null));
        assertEquals(List.of(), web.requests());
    }

    @Test
    void domainWithoutRecord_hasNoReport_othersDo() throws Exception {
        dns.change(record("example.org", BY_MAIL).build());
        TlsReports reports = start(builder());
        reports.count(Attempts.success("silent.example", Attempts.STS));
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        assertEquals("_smtp._tls.silent.example", dns.nextText());
        assertEquals("_smtp._tls.example.org", dns.nextText());
        assertEquals("example.org", nextMail().message().getHeader("TLS-Report-Domain", null));
        assertNull(inbox.poll());
    }

    @Test
    void failedLookUp_isRepeated() throws Exception {
        dns.change(StaticResolver.builder().fails("example.org", "down").build());
        TlsReports reports = start(builder());
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        assertEquals("_smtp._tls.example.org", dns.nextText());
        dns.change(record("example.org", BY_MAIL).build());
        clock.advance(Duration.ofMinutes(15));
        assertEquals("example.org", nextMail().message().getHeader("TLS-Report-Domain", null));
    }

    @Test
    void mailThatIsRefused_isSubmittedAgain() throws Exception {
        dns.change(
                record("example.org", BY_MAIL).txt("_smtp._tls.second.example", BY_MAIL).build());
        TlsReports reports = start(builder());
        refusing = true;
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        refused.acquire();
        refusing = false;
        clock.advance(Duration.ofMinutes(15));
        assertEquals("example.org", nextMail().message().getHeader("TLS-Report-Domain", null));
    }

    @Test
    void reportsOwnConnections_areNotReported() throws Exception {
        dns.change(record("example.org", BY_MAIL).build());
        TlsReports reports = start(builder());
        reports.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        Received first = nextMail();
        reports.count(Attempts.of(clock.instant(), first.id(), "example.org", Attempts.STS, null));
        dns.change(
                record("second.example", BY_MAIL).txt("_smtp._tls.example.org", BY_MAIL).build());
        reports.count(
                Attempts.of(
                        clock.instant(),
                        Attempts.queueId(3),
                        "second.example",
                        AppliedPolicy.none(),
                        null));
        clock.advance(Duration.ofDays(2));
        assertEquals("second.example", nextMail().message().getHeader("TLS-Report-Domain", null));
        assertNull(inbox.poll());
    }

    @Test
    void deliveriesOfTheAgent_areCounted() throws Exception {
        dns.change(record("receiver.test", BY_MAIL).build());
        try (Mta receiver =
                        Mta.builder("mx.receiver.test")
                                .listener(SmtpListener.on("127.0.0.1", 0))
                                .store("receiver.test", mail -> {})
                                .start();
                Mta sender =
                        Mta.builder("relay.example.net")
                                .store("example.org", this::receive)
                                .resolver(
                                        StaticResolver.builder()
                                                .mx("receiver.test", 10, "mx.receiver.test")
                                                .a("mx.receiver.test", "127.0.0.1")
                                                .build())
                                .remotePort(receiver.addresses().get(0).getPort())
                                .clock(clock)
                                .start()) {
            started.add(builder().start(sender, dns));
            BlockingQueue<TlsAttempted> seen = new LinkedBlockingQueue<>();
            sender.on(TlsAttempted.class, seen::add);
            sender.submit(
                    Envelope.from("").to("bob@receiver.test"), Content.of("Subject: x\r\n\r\n"));
            // Observers are told in their order, so it is counted by now.
            assertNotNull(seen.poll(30, TimeUnit.SECONDS), "no connection was told of");
            endTheDay();
            Received mail = nextMail();
            assertEquals("receiver.test", mail.message().getHeader("TLS-Report-Domain", null));
            assertEquals(
                    "starttls-not-supported",
                    report(mail).at("/policies/0/failure-details/0/result-type").asText());
        }
    }

    @Test
    void restart_withADirectory_losesNothingOfTheDay() throws Exception {
        dns.change(record("example.org", BY_MAIL).build());
        TlsReports first = start(builder().keptIn(directory));
        first.count(Attempts.success("example.org", Attempts.STS));
        first.close();
        first.count(Attempts.success("example.org", Attempts.STS));
        TlsReports second = start(builder().keptIn(directory));
        second.count(Attempts.success("example.org", Attempts.STS));
        endTheDay();
        JsonNode json = report(nextMail());
        assertEquals(2, json.at("/policies/0/summary/total-successful-session-count").asInt());
        second.close();
        assertEquals(List.of(), StateFile.in(directory).load().days());
    }

    @Test
    void restart_afterTheDay_reportsItStill() throws Exception {
        TlsReports first = start(builder().keptIn(directory));
        first.count(Attempts.success("example.org", Attempts.STS));
        clock.advance(Duration.ofHours(12).plusMinutes(1));
        first.close();
        dns.change(record("example.org", BY_MAIL).build());
        start(builder().keptIn(directory));
        endTheDay();
        assertEquals(
                "2026-03-01T00:00:00Z",
                report(nextMail()).at("/date-range/start-datetime").asText());
    }

    @Test
    void close_leavesTheResolverOpen_andNoThread() {
        TlsReports reports = start(builder());
        reports.close();
        reports.close();
        assertFalse(dns.closed);
        assertTrue(
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("mta-tls-reports")));
    }

    @Test
    void builder_refusesWhatCannotBeReported() {
        assertThrows(IllegalArgumentException.class, () -> TlsReports.by(" ", "a@example.org"));
        assertThrows(IllegalArgumentException.class, () -> TlsReports.by("a\nb", "a@example.org"));
        assertThrows(IllegalArgumentException.class, () -> TlsReports.by("x", "nobody"));
        assertThrows(
                IllegalArgumentException.class, () -> TlsReports.by("x", "\u00e4@example.org"));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder().trusting(new Trust(false, Set.of())));
    }
}
