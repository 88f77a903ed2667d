package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages of all kinds, relayed by one agent to another, arrive octet for octet (I7). */
@Timeout(120)
class ByteFidelityTest {
    /** Longer than SMTP asks for: some messages of the corpus break its limit of 1000 octets. */
    private static final SmtpLimits LIMITS = SmtpLimits.defaults().withTextLine(1 << 20);

    private final Inbox inbox = new Inbox();

    private void relay(Map<String, byte[]> messages) throws Exception {
        try (Mta last =
                        Mta.builder("last.example")
                                .listener(SmtpListener.on("127.0.0.1", 0).limits(LIMITS))
                                .store("x.example", inbox)
                                .shutdownGrace(Duration.ofSeconds(1))
                                .start();
                Mta first =
                        Mta.builder("first.example")
                                .listener(
                                        SmtpListener.on("127.0.0.1", 0)
                                                .relayFrom("127.0.0.0/8")
                                                .limits(LIMITS))
                                .resolver(StaticResolver.builder().build())
                                .route(
                                        Route.smartHost(
                                                "[127.0.0.1]", last.addresses().get(0).getPort()))
                                .shutdownGrace(Duration.ofSeconds(1))
                                .start();
                SmtpTalk talk = SmtpTalk.ready(first)) {
            Map<String, byte[]> expected = new LinkedHashMap<>();
            Map<String, String> names = new LinkedHashMap<>();
            for (Map.Entry<String, byte[]> message : messages.entrySet()) {
                String to = "m" + expected.size() + "@x.example";
                expected.put(to, message.getValue());
                names.put(to, message.getKey());
                talk.say("MAIL FROM:<a@y.example>");
                talk.say("RCPT TO:<" + to + ">");
                talk.say("DATA");
                talk.send(stuffed(message.getValue()));
                String reply = talk.say(".");
                assertTrue(reply.startsWith("250"), message.getKey() + ": " + reply);
            }
            for (int i = 0; i < messages.size(); i++) {
                Inbox.Mail mail = inbox.next();
                String to = mail.envelope().recipients().get(0).toString();
                check(
                        Objects.requireNonNull(names.get(to)),
                        Objects.requireNonNull(expected.get(to)),
                        mail.octets());
            }
        }
    }

    private static void check(String name, byte[] sent, byte[] received) {
        int from = received.length - sent.length;
        assertTrue(from > 0, name);
        assertArrayEquals(sent, Arrays.copyOfRange(received, from, received.length), name);
        String trace = new String(received, 0, from, StandardCharsets.ISO_8859_1);
        StringBuilder fields = new StringBuilder();
        for (String line : trace.split("\r\n", -1)) {
            if (!line.isEmpty() && line.charAt(0) != '\t' && line.charAt(0) != ' ') {
                fields.append(line, 0, line.indexOf(':') + 1);
            }
        }
        assertEquals("Return-Path:Received:Received:", fields.toString(), name);
        assertTrue(trace.endsWith("\r\n"), name);
    }

    private static byte[] stuffed(byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 64);
        byte before = '\n';
        for (byte octet : message) {
            if (octet == '.' && before == '\n') {
                out.write('.');
            }
            out.write(octet);
            before = octet;
        }
        return out.toByteArray();
    }

    /** Each CR, LF or CRLF as CRLF, and one at the end. */
    private static byte[] withCrlf(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 1024);
        byte last = '\n';
        for (int i = 0; i < text.length; i++) {
            last = text[i];
            if (last == '\r' || last == '\n') {
                out.writeBytes(new byte[] {'\r', '\n'});
                i += last == '\r' && i + 1 < text.length && text[i + 1] == '\n' ? 1 : 0;
            } else {
                out.write(last);
            }
        }
        if (last != '\r' && last != '\n') {
            out.writeBytes(new byte[] {'\r', '\n'});
        }
        return out.toByteArray();
    }

    /** The messages that the tests of mime4j parse. */
    private static Map<String, byte[]> corpus() throws IOException {
        URL one =
                Objects.requireNonNull(
                        ByteFidelityTest.class.getResource("/mimetools-testmsgs/ak-0696.msg"));
        String jar = one.getPath().substring("file:".length(), one.getPath().indexOf('!'));
        Map<String, byte[]> messages = new LinkedHashMap<>();
        try (JarFile file = new JarFile(jar)) {
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                if (entry.getName().endsWith(".msg")) {
                    try (InputStream in = file.getInputStream(entry)) {
                        messages.put(entry.getName(), withCrlf(in.readAllBytes()));
                    }
                }
            }
        }
        return messages;
    }

    @Test
    void corpus_relayedByTwoAgents_arrivesOctetForOctet_I7() throws Exception {
        Map<String, byte[]> corpus = corpus();
        assertTrue(corpus.size() >= 80, corpus.size() + " messages");
        relay(corpus);
    }

    @Test
    void dotsAndOddOctets_relayedByTwoAgents_arriveOctetForOctet_I7() throws Exception {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("dots", ascii("Subject: .\r\n\r\n.\r\n..\r\n...\r\n.a\r\n. \r\n"));
        messages.put("a dot first", ascii(".\r\n"));
        messages.put("header alone", ascii("Subject: none\r\n"));
        messages.put("blank lines", ascii("\r\n\r\n\r\n"));
        messages.put("no header", ascii("\r\nbody\r\n"));
        messages.put("long line", ascii("S: a\r\n\r\n" + "x.".repeat(300_000) + "\r\n"));
        messages.put("large", ascii("S: a\r\n\r\n" + ".23456789\r\n".repeat(300_000)));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(ascii("Subject: all octets\r\n\r\n"));
        for (int octet = 0; octet < 256; octet++) {
            if (octet != '\r' && octet != '\n') {
                all.write(octet);
            }
        }
        messages.put("all octets", withCrlf(all.toByteArray()));
        relay(messages);
    }

    @Test
    void randomOctets_relayedByTwoAgents_arriveOctetForOctet_I7() throws Exception {
        long seed = System.nanoTime();
        System.out.println("ByteFidelityTest seed " + seed);
        Random random = new Random(seed);
        Map<String, byte[]> messages = new LinkedHashMap<>();
        byte[] likely = {'.', '\r', '\n', '\n', ' ', '\t', 'a', ':', 0, (byte) 200};
        for (int i = 0; i < 50; i++) {
            byte[] octets = new byte[random.nextInt(40_000)];
            for (int at = 0; at < octets.length; at++) {
                octets[at] = likely[random.nextInt(likely.length)];
            }
            messages.put("seed " + seed + " message " + i, withCrlf(octets));
        }
        relay(messages);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
