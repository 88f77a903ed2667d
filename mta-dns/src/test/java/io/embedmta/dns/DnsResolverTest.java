package io.embedmta.dns;

import static io.embedmta.dns.FakeNameServer.record;
import static io.embedmta.dns.FakeNameServer.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** What a name server may do to us, and what we ask of it. */
class DnsResolverTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final DnsName MX = DnsName.of("mx.example");

    @Test
    void lookUp_withSilentServer_isTemporaryFailureWithinTheBound_I9() throws IOException {
        try (FakeNameServer server = FakeNameServer.silent();
                DnsResolver resolver = resolver(server).withTimeout(SHORT)) {
            long start = System.nanoTime();
            assertEquals(
                    new TemporaryFailure<>(
                            "A of mx.example: the name server did not answer in time"),
                    resolver.a(MX));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertEquals(2, server.queries.size(), "tried twice");
            assertTrue(took.compareTo(SHORT.multipliedBy(2)) >= 0, () -> "took " + took);
            assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, () -> "took " + took);
        }
    }

    @Test
    void lookUp_withEndlessJunk_isTemporaryFailureWithinTheBound_I9() throws IOException {
        byte[] junk = {1, 2, 3};
        try (FakeNameServer server = FakeNameServer.sending(query -> List.of(junk, junk, junk));
                DnsResolver resolver = resolver(server).withTimeout(SHORT).withTries(1)) {
            assertInstanceOf(TemporaryFailure.class, resolver.a(MX));
        }
    }

    /** RFC 6891 §6.2.3: some servers send more than they were told that we take. */
    @Test
    void reply_thatIsLargerThanAllowedAndNotMarked_isAskedForByTcp() throws Exception {
        try (FakeNameServer server = FakeNameServer.replying(DnsResolverTest::manyExchangers);
                ServerSocket tcp = new ServerSocket();
                DnsResolver resolver = resolver(server).withTimeout(LONG)) {
            tcp.bind(server.address());
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answerOne(tcp));
            Found<?> found = assertInstanceOf(Found.class, resolver.mx(MX));
            assertEquals(40, found.records().size());
            served.get(30, TimeUnit.SECONDS);
        }
    }

    private static Message manyExchangers(Message query) {
        Message reply = reply(query, Rcode.NOERROR);
        for (int i = 0; i < 40; i++) {
            String exchanger = "x".repeat(40) + i + ".mx.example.";
            reply.addRecord(record("mx.example. 60 IN MX 10 " + exchanger), Section.ANSWER);
        }
        return reply;
    }

    private static void answerOne(ServerSocket tcp) {
        try (Socket peer = tcp.accept()) {
            DataInputStream in = new DataInputStream(peer.getInputStream());
            byte[] query = in.readNBytes(in.readUnsignedShort());
            byte[] reply = manyExchangers(new Message(query)).toWire();
            DataOutputStream out = new DataOutputStream(peer.getOutputStream());
            out.writeShort(reply.length);
            out.write(reply);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void lookUp_withClosedPort_isTemporaryFailure() throws IOException {
        InetSocketAddress closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            closed = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        try (DnsResolver resolver = DnsResolver.of(closed).withTimeout(Duration.ofSeconds(1))) {
            assertInstanceOf(TemporaryFailure.class, resolver.mx(MX));
        }
    }

    @Test
    void lookUp_withMalformedReply_isTemporaryFailure() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.sending(
                                query -> {
                                    byte[] wire = answer(query).toWire();
                                    wire[7] = 99; // far more answers than there are
                                    return List.of(wire);
                                });
                DnsResolver resolver = resolver(server)) {
            assertEquals(
                    new TemporaryFailure<>("A of mx.example: no answer from the name server"),
                    resolver.a(MX));
        }
    }

    /** RFC 5452 §9.1: a reply must match in its identifier and its question. */
    @Test
    void lookUp_withForgedRepliesFirst_waitsForTheTrueOne() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.sending(
                                query -> {
                                    Message wrongId = reply(query, Rcode.NXDOMAIN);
                                    wrongId.getHeader().setID(query.getHeader().getID() ^ 1);
                                    Message wrongName = new Message(query.getHeader().getID());
                                    wrongName.getHeader().setFlag(Flags.QR);
                                    wrongName.addRecord(
                                            record("other.example. 0 IN A 192.0.2.66"),
                                            Section.QUESTION);
                                    return List.of(
                                            new byte[0],
                                            query.toWire(),
                                            wrongId.toWire(),
                                            wrongName.toWire(),
                                            answer(query).toWire());
                                });
                DnsResolver resolver = resolver(server)) {
            assertEquals("192.0.2.1", address(resolver.a(MX)));
        }
    }

    @Test
    void query_hasRecursionEdnsAndNoDnssec_andAPortOfItsOwn() throws IOException {
        try (FakeNameServer server = FakeNameServer.replying(DnsResolverTest::answer);
                DnsResolver resolver = resolver(server).withCache(0)) {
            resolver.a(MX);
            resolver.a(MX);
            Message query = server.queries.get(0);
            assertTrue(query.getHeader().getFlag(Flags.RD));
            assertFalse(query.getHeader().getFlag(Flags.AD));
            assertEquals(1232, query.getOPT().getPayloadSize());
            assertEquals(0, query.getOPT().getFlags());
            assertNotEquals(server.ports.get(0), server.ports.get(1));
        }
    }

    /** RFC 6891 §7. */
    @Test
    void lookUp_withServerThatKnowsNoEdns_asksWithout() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.replying(
                                query ->
                                        query.getOPT() == null
                                                ? answer(query)
                                                : reply(query, Rcode.FORMERR));
                DnsResolver resolver = resolver(server)) {
            assertEquals("192.0.2.1", address(resolver.a(MX)));
        }
    }

    /** RFC 2308 §2.2. */
    @Test
    void lookUp_withReferral_isTemporaryFailureAndNotNoData() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.replying(
                                query -> {
                                    Message reply = reply(query, Rcode.NOERROR);
                                    reply.addRecord(
                                            record("example. 60 IN NS ns.example."),
                                            Section.AUTHORITY);
                                    return reply;
                                });
                DnsResolver resolver = resolver(server)) {
            assertInstanceOf(TemporaryFailure.class, resolver.a(MX));
        }
    }

    @Test
    void lookUp_withFailingServer_asksTheNext_andBeginsThereFromThenOn() throws IOException {
        try (FakeNameServer failing =
                        FakeNameServer.replying(query -> reply(query, Rcode.SERVFAIL));
                FakeNameServer working = FakeNameServer.replying(DnsResolverTest::answer);
                DnsResolver resolver =
                        DnsResolver.of(failing.address(), working.address())
                                .withTimeout(LONG)
                                .withCache(0)) {
            assertEquals("192.0.2.1", address(resolver.a(MX)));
            assertEquals("192.0.2.1", address(resolver.a(MX)));
            assertEquals(1, failing.queries.size());
            assertEquals(2, working.queries.size());
        }
    }

    @Test
    void lookUp_withServfail_asksThatServerOnce() throws IOException {
        try (FakeNameServer failing =
                        FakeNameServer.replying(query -> reply(query, Rcode.SERVFAIL));
                DnsResolver resolver = resolver(failing).withTries(5)) {
            assertInstanceOf(TemporaryFailure.class, resolver.a(MX));
            assertEquals(1, failing.queries.size());
        }
    }

    @Test
    void found_withAdFlag_isAuthenticatedOnlyWhenTrusted() throws IOException {
        try (FakeNameServer server = FakeNameServer.replying(query -> withAd(answer(query)));
                DnsResolver careful = resolver(server);
                DnsResolver trusting = careful.withTrustAd(true)) {
            assertFalse(assertInstanceOf(Found.class, careful.a(MX)).authenticated());
            assertTrue(assertInstanceOf(Found.class, trusting.a(MX)).authenticated());
            Message query = server.queries.get(1);
            assertTrue(query.getHeader().getFlag(Flags.AD));
            assertEquals(ExtendedFlags.DO, query.getOPT().getFlags());
        }
    }

    @Test
    void absence_withAdFlag_isAuthenticated() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.replying(
                                query ->
                                        withAd(
                                                reply(
                                                        query,
                                                        query.getQuestion().getType() == 1
                                                                ? Rcode.NOERROR
                                                                : Rcode.NXDOMAIN)));
                DnsResolver resolver = resolver(server).withTrustAd(true)) {
            assertEquals(new NoData<>(true), resolver.a(MX));
            assertEquals(new NoSuchName<>(true), resolver.mx(MX));
        }
    }

    /** RFC 4035 §3.2.3: every link of the chain has to be authentic. */
    @Test
    void found_overAliasWithoutAdFlag_isNotAuthenticated() throws IOException {
        try (FakeNameServer server =
                        FakeNameServer.replying(
                                query -> {
                                    if (query.getQuestion().getName().equals(Names.toWire(MX))) {
                                        return withAd(answer(query));
                                    }
                                    Message alias = reply(query, Rcode.NOERROR);
                                    alias.addRecord(
                                            record("www.example. 9 IN CNAME mx.example."),
                                            Section.ANSWER);
                                    return alias;
                                });
                DnsResolver resolver = resolver(server).withTrustAd(true)) {
            Found<?> found = assertInstanceOf(Found.class, resolver.a(DnsName.of("www.example")));
            assertFalse(found.authenticated());
            assertEquals(Duration.ofSeconds(9), found.ttl(), "the alias has the shortest TTL");
        }
    }

    @Test
    void localhost_isTheLoopback_andNobodyIsAsked() throws IOException {
        try (FakeNameServer server = FakeNameServer.replying(DnsResolverTest::answer);
                DnsResolver resolver = resolver(server)) {
            assertEquals("127.0.0.1", address(resolver.a(DnsName.of("localhost"))));
            Found<?> v6 = assertInstanceOf(Found.class, resolver.aaaa(DnsName.of("a.LOCALHOST.")));
            assertTrue(((InetAddress) v6.records().get(0)).isLoopbackAddress());
            assertEquals(new NoData<>(false), resolver.mx(DnsName.of("localhost")));
            assertEquals(List.of(), server.queries);
        }
    }

    @Test
    void close_endsLookUpUnderWay_andLaterOnesFail() throws Exception {
        try (FakeNameServer server = FakeNameServer.silent();
                DnsResolver resolver = resolver(server).withTimeout(Duration.ofMinutes(1))) {
            CompletableFuture<DnsAnswer<?>> underWay =
                    CompletableFuture.supplyAsync(() -> resolver.a(MX));
            assertTrue(server.asked.await(30, TimeUnit.SECONDS));
            closeTwice(resolver);
            DnsAnswer<?> closed = new TemporaryFailure<>("A of mx.example: the resolver is closed");
            assertEquals(closed, underWay.get(30, TimeUnit.SECONDS));
            assertEquals(new TemporaryFailure<>("the resolver is closed"), resolver.a(MX));
            assertEquals(1, server.queries.size());
        }
    }

    private static void closeTwice(Resolver resolver) {
        resolver.close();
        resolver.close();
    }

    @Test
    void lookUp_startsNoThread() throws IOException {
        try (FakeNameServer server = FakeNameServer.replying(DnsResolverTest::answer);
                DnsResolver resolver = resolver(server)) {
            resolver.a(MX);
            assertTrue(
                    Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("dnsjava")));
        }
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThrows(IllegalArgumentException.class, DnsResolver::of);
        assertThrows(
                IllegalArgumentException.class,
                () -> DnsResolver.of(InetSocketAddress.createUnresolved("ns.example", 53)));
        DnsResolver resolver =
                DnsResolver.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));
        assertThrows(IllegalArgumentException.class, () -> resolver.withTimeout(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class, () -> resolver.withTimeout(Duration.ofHours(1)));
        assertThrows(IllegalArgumentException.class, () -> resolver.withTries(0));
        assertThrows(IllegalArgumentException.class, () -> resolver.withCache(-1));
    }

    @Test
    void system_isMadeWithoutAskingAnybody() {
        try (DnsResolver resolver = DnsResolver.system()) {
            assertInstanceOf(Found.class, resolver.a(DnsName.of("localhost")));
        }
    }

    private static DnsResolver resolver(FakeNameServer server) {
        return DnsResolver.of(server.address()).withTimeout(LONG);
    }

    private static Message answer(Message query) {
        Message reply = reply(query, Rcode.NOERROR);
        reply.addRecord(record("mx.example. 60 IN A 192.0.2.1"), Section.ANSWER);
        return reply;
    }

    private static Message withAd(Message reply) {
        reply.getHeader().setFlag(Flags.AD);
        return reply;
    }

    private static String address(DnsAnswer<? extends InetAddress> answer) {
        Found<?> found = assertInstanceOf(Found.class, answer);
        assertEquals(1, found.records().size());
        return ((InetAddress) found.records().get(0)).getHostAddress();
    }
}
