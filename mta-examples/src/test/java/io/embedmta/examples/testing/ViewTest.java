package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.subject;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.testing.FakeMail;
import io.embedmta.testing.Received;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fake server shows over HTTP. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ViewTest {
    private static final String MESSAGE =
            """
            From: app@example.org
            To: ann@example.org
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=x

            --x
            Content-Type: text/plain

            See the file.
            --x
            Content-Type: text/html
            Content-Disposition: attachment; filename*=UTF-8''%22x%0D%0ASet-Cookie%3Aa%3Db%C3%BC%2A.html

            <script>
            --x--
            """;

    private final FakeMail mail = FakeMail.builder().view().start();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        mail.close();
    }

    private HttpResponse<byte[]> ask(String method, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(mail.viewUri().resolve(path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private JsonNode json(String path) throws Exception {
        HttpResponse<byte[]> response = ask("GET", path);
        assertEquals(200, response.statusCode(), () -> text(response));
        return new ObjectMapper().readTree(response.body());
    }

    private Received send(String subject) throws Exception {
        String source = MESSAGE.replace("\n", "\r\n");
        MimeMessage message =
                new MimeMessage(
                        mail.session(),
                        new ByteArrayInputStream(source.getBytes(StandardCharsets.US_ASCII)));
        message.setSubject(subject);
        Transport.send(message);
        return mail.await(subject(subject));
    }

    @Test
    void messages_areListedAndShown() throws Exception {
        assertEquals(0, json("/messages").size());
        Received sent = send("Gr\u00fc\u00dfe");
        JsonNode listed = json("/messages").get(0);
        assertEquals("Gr\u00fc\u00dfe", listed.get("subject").asText());
        assertEquals("ann@example.org", listed.get("to").get(0).asText());
        assertEquals(sent.content().size(), listed.get("size").asLong());

        JsonNode whole = json("/messages/" + listed.get("id").asText());
        assertEquals("app@example.org", whole.get("from").asText());
        assertEquals("See the file.", whole.get("text").asText().strip());
        assertTrue(whole.get("transcript").toString().contains("RCPT TO"), whole.toString());
        assertFalse(whole.has("tls"));
        assertTrue(whole.get("headers").toString().contains("{\"name\":\"Subject\""));
        assertArrayEquals(sent.raw(), ask("GET", whole.get("raw").asText()).body());
        JsonNode file = whole.get("attachments").get(0);
        HttpResponse<byte[]> attachment = ask("GET", file.get("path").asText());
        assertArrayEquals("<script>".getBytes(StandardCharsets.UTF_8), attachment.body());
        assertEquals(file.get("size").asLong(), attachment.body().length);
    }

    @Test
    void envelope_isShownWithItsParameters() throws Exception {
        mail.mta()
                .submit(
                        Envelope.from("").withEightBit(true).withEnvelopeId("e1").to("b@x.example"),
                        Content.of("Subject: x\r\n\r\n\u00fc\r\n"));
        JsonNode listed = json("/messages?from=").get(0);
        assertEquals("", listed.get("from").asText(), "the null sender");
        JsonNode envelope = json("/messages/" + listed.get("id").asText()).get("envelope");
        assertEquals("8BITMIME", envelope.get("body").asText());
        assertEquals("e1", envelope.get("envid").asText());
        assertEquals("b@x.example", envelope.get("recipients").get(0).get("address").asText());
    }

    /** A message is a stranger's, and the browser that shows it is the developer's. */
    @Test
    void message_runsNothingInABrowser() throws Exception {
        Received sent = send("Hostile");
        String path = "/messages/" + sent.id().text();
        for (String part : new String[] {"/html", "/raw", "/attachments/0"}) {
            HttpResponse<byte[]> response = ask("GET", path + part);
            String policy = response.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("sandbox; default-src 'none'"), part + policy);
            assertEquals(
                    "nosniff", response.headers().firstValue("X-Content-Type-Options").orElse(""));
            assertTrue(response.headers().firstValue("Set-Cookie").isEmpty());
        }
        String disposition =
                ask("GET", path + "/attachments/0")
                        .headers()
                        .firstValue("Content-Disposition")
                        .orElse("");
        assertTrue(disposition.startsWith("attachment; filename*=UTF-8''"), disposition);
        assertTrue(disposition.endsWith("%C3%BC%2A.html"), disposition);
    }

    @Test
    void page_isShown() throws Exception {
        HttpResponse<byte[]> page = ask("GET", "/");
        assertEquals(200, page.statusCode());
        assertTrue(text(page).contains("<title>FakeMail</title>"));
    }

    @Test
    void messages_areLookedForAndWaitedFor() throws Exception {
        CompletableFuture<JsonNode> waiting =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return json("/messages?to=*@example.org&subject=two%20it&wait=30");
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        send("one");
        send("two it is");
        JsonNode found = waiting.get(30, TimeUnit.SECONDS);
        assertEquals(1, found.size());
        assertEquals("two it is", found.get(0).get("subject").asText());
        assertEquals(2, json("/messages").size());
        assertEquals(0, json("/messages?from=nobody@example.org").size());
    }

    @Test
    void deleted_isForgotten() throws Exception {
        Received sent = send("one");
        assertEquals(204, ask("DELETE", "/messages").statusCode());
        assertEquals(0, json("/messages").size());
        assertEquals(0, mail.received().size());
        assertEquals(404, ask("GET", "/messages/" + sent.id().text()).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nothing, 404, /messages lists",
        "GET, /messages/none, 404, /messages lists",
        "GET, /messages/, 404, /messages lists",
        "GET, /messages/a/b/c/d, 404, /messages lists",
        "POST, /messages, 405, DELETE /messages forgets",
        "GET, /messages?color=red, 400, to, from, subject and body",
        "GET, /messages?wait=61, 400, 0 to 60 seconds",
        "GET, /messages?to=ann, 400, can never match",
        "GET, /messages?to=%zz, 400, ''"
    })
    void mistake_isExplained(String method, String path, int status, String sentence)
            throws Exception {
        // java.net.URI refuses what a client of another kind may send.
        String answer = raw(method + ' ' + path + " HTTP/1.1", "localhost");
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains(sentence), answer);
    }

    private String raw(String request, String host) throws IOException {
        URI uri = mail.viewUri();
        try (Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort())) {
            socket.setSoTimeout(30_000);
            String text = request + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A page of the web must not read a developer's mail by a name that it points at loopback. */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:80", "localhost.evil.example", ""})
    void otherHostName_isRefused(String host) throws Exception {
        String answer = raw("GET /messages HTTP/1.1", host);
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    }

    @Test
    void ownNames_areTaken() throws Exception {
        int port = mail.viewUri().getPort();
        for (String host : new String[] {"localhost:" + port, "127.0.0.1", "[::1]:" + port}) {
            String answer = raw("GET /messages HTTP/1.1", host);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
    }

    @Test
    void view_isOffUnlessAskedFor_andATakenPortIsNamed() {
        try (FakeMail without = FakeMail.start()) {
            IllegalStateException e = assertThrows(IllegalStateException.class, without::viewUri);
            assertTrue(String.valueOf(e.getMessage()).contains("view()"), e.getMessage());
        }
        int taken = mail.viewUri().getPort();
        UncheckedIOException e =
                assertThrows(
                        UncheckedIOException.class, () -> FakeMail.builder().view(taken).start());
        assertTrue(String.valueOf(e.getMessage()).contains("port " + taken), e.getMessage());
    }

    @Test
    void closed_answersNoMore() {
        URI uri = mail.viewUri();
        mail.close();
        assertThrows(
                IOException.class,
                () -> client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()));
    }
}
