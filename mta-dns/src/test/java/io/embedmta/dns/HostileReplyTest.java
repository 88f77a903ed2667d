package io.embedmta.dns;

import static io.embedmta.dns.FakeNameServer.record;
import static io.embedmta.dns.FakeNameServer.reply;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** I8: whatever a server sends, a look-up gives an answer, and never an exception. */
class HostileReplyTest {
    private static final int ROUNDS = 2000;

    @Test
    void lookUp_withSpoiltReply_isAnAnswer_I8() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (FakeNameServer server =
                        FakeNameServer.sending(query -> List.of(spoil(full(query), random)));
                DnsResolver resolver =
                        DnsResolver.of(server.address())
                                .withTimeout(Duration.ofMillis(20))
                                .withTries(1)
                                .withCache(0)) {
            DnsName name = DnsName.of("mx.example");
            for (int i = 0; i < ROUNDS; i++) {
                int round = i;
                assertDoesNotThrow(
                        () -> {
                            switch (round % 4) {
                                case 0 -> check(resolver.mx(name));
                                case 1 -> check(resolver.txt(name));
                                case 2 -> check(resolver.tlsa(name));
                                default -> check(resolver.aaaa(name));
                            }
                        },
                        () -> "seed " + seed + ", round " + round);
            }
        }
    }

    /** An exception inside comes out as an internal error: none shall get that far. */
    private static void check(DnsAnswer<?> answer) {
        assertFalse(answer.toString().contains("internal error"), answer::toString);
    }

    private static Message full(Message query) {
        Message reply = reply(query, Rcode.NOERROR);
        for (String line :
                List.of(
                        "mx.example. 60 IN CNAME a.example.",
                        "a.example. 60 IN MX 10 a.example.",
                        "a.example. 60 IN TXT \"some\" \"text\"",
                        "a.example. 60 IN TLSA 3 1 1 00ABCDEF",
                        "a.example. 60 IN AAAA 2001:db8::1")) {
            reply.addRecord(record(line), Section.ANSWER);
        }
        reply.addRecord(
                record("example. 30 IN SOA ns.example. h.example. 1 3600 600 86400 20"),
                Section.AUTHORITY);
        return reply;
    }

    /** Leaves the identifier, the flags and most of the question, so that it is read at all. */
    private static byte[] spoil(Message reply, Random random) {
        byte[] wire = reply.toWire();
        int from = random.nextInt(10) == 0 ? 2 : 30;
        for (int i = random.nextInt(4); i >= 0; i--) {
            wire[from + random.nextInt(wire.length - from)] = (byte) random.nextInt(256);
        }
        wire[2] &= (byte) ~2; // no truncation: there is no TCP to go to
        return wire;
    }
}
