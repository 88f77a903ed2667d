package io.embedmta.dns;

import static io.embedmta.dns.DnssecContract.assertFailure;
import static io.embedmta.dns.DnssecContract.assertFound;
import static io.embedmta.dns.DnssecContract.name;
import static io.embedmta.dns.FakeNameServer.record;
import static io.embedmta.dns.FakeNameServer.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Someone on the way to a name server, who wants the signed to seem unsigned, so that nobody looks
 * for TLSA records: what was signed must become a failure, and never an answer that is merely not
 * authenticated.
 */
class ForgedReplyTest {
    private static final String SERVICE = "_25._tcp.mx.example.org";

    private static @Nullable SignedZones zones;
    private final Forger forger = new Forger();

    @BeforeAll
    static void startKnot() {
        if (KnotServer.isInstalled()) {
            zones = SignedZones.start();
        }
    }

    @AfterAll
    static void stopKnot() {
        if (zones != null) {
            zones.close();
            zones = null;
        }
    }

    @BeforeEach
    void needsKnot() {
        KnotServer.assumeInstalled();
    }

    @AfterEach
    void stopForger() {
        forger.close();
    }

    private DnsResolver hearing(Function<Message, Message> forgery) throws IOException {
        SignedZones known = zones;
        if (known == null) {
            throw new IllegalStateException("no zones");
        }
        return forger.heardOf(known.knot, known.anchors, forgery);
    }

    private static boolean asks(Message reply, int type) {
        return reply.getQuestion().getType() == type;
    }

    private static Message without(Message reply, int type) {
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : List.copyOf(reply.getSection(section))) {
                if (record.getType() == type) {
                    reply.removeRecord(record, section);
                }
            }
        }
        return reply;
    }

    /** A signature that nobody has made, by a zone of the forger's choice. */
    private static Record signature(String owner, int covered, String signer) {
        try {
            Name name = Name.fromString(owner + ".");
            java.time.Instant now = java.time.Instant.now();
            return new RRSIGRecord(
                    name,
                    1,
                    300,
                    covered,
                    13,
                    300,
                    now.plusSeconds(3600),
                    now.minusSeconds(3600),
                    4711,
                    Name.fromString(signer),
                    new byte[64]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Message forgedTlsa(Message reply, String... signers) {
        Message forged = reply(reply, Rcode.NOERROR);
        forged.addRecord(
                record(SERVICE + ". 300 IN TLSA 3 1 1 " + SignedZones.FORGED), Section.ANSWER);
        for (String signer : signers) {
            forged.addRecord(signature(SERVICE, Type.TLSA, signer), Section.ANSWER);
        }
        return forged;
    }

    @Test
    void truth_passedOn_isAuthenticated() throws IOException {
        assertFound(true, hearing(reply -> reply).tlsa(name(SERVICE)));
    }

    @Test
    void answer_withoutItsSignature_isTemporaryFailure() throws IOException {
        assertFailure(hearing(reply -> without(reply, Type.RRSIG)).tlsa(name(SERVICE)));
        assertFailure(
                hearing(r -> asks(r, Type.TLSA) ? without(r, Type.RRSIG) : r).tlsa(name(SERVICE)));
    }

    /** Its zone signs a record, and no unsigned zone elsewhere can be named in its place. */
    @Test
    void answer_signedByUnsignedZone_isTemporaryFailure() throws IOException {
        for (String signer :
                new String[] {
                    "unsigned.example.org.",
                    "nowhere.example.",
                    "org.",
                    ".",
                    SERVICE + ".",
                    "example.org."
                }) {
            assertFailure(
                    hearing(r -> asks(r, Type.TLSA) ? forgedTlsa(r, signer) : r)
                            .tlsa(name(SERVICE)));
        }
    }

    @Test
    void denial_byUnsignedZone_isTemporaryFailure() throws IOException {
        for (int code : new int[] {Rcode.NOERROR, Rcode.NXDOMAIN}) {
            for (String zone : new String[] {"unsigned.example.org", "nowhere.example", "org"}) {
                assertFailure(
                        hearing(r -> asks(r, Type.TLSA) ? denial(r, code, zone) : r)
                                .tlsa(name(SERVICE)));
            }
        }
    }

    private static Message denial(Message reply, int code, String zone) {
        Message forged = reply(reply, code);
        forged.addRecord(
                record(zone + ". 60 IN SOA ns.example. x.example. 1 1 1 1 60"), Section.AUTHORITY);
        return forged;
    }

    @Test
    void denial_withNothingInIt_isTemporaryFailure() throws IOException {
        assertFailure(
                hearing(r -> asks(r, Type.TLSA) ? reply(r, Rcode.NXDOMAIN) : r)
                        .tlsa(name(SERVICE)));
    }

    private static Record inClass(int dclass, String line) {
        Record record = record(line);
        return Record.newRecord(
                record.getName(),
                record.getType(),
                dclass,
                record.getTTL(),
                record.rdataToWireCanonical());
    }

    private static Message replyOf(Message reply, int section, Record... records) {
        Message forged = reply(reply, Rcode.NOERROR);
        for (Record each : records) {
            forged.addRecord(each, section);
        }
        return forged;
    }

    /** The validator knows no anchor there, and would take the whole reply for insecure. */
    @ParameterizedTest
    @ValueSource(ints = {DClass.CHAOS, DClass.HESIOD, DClass.NONE, DClass.ANY})
    void answer_besideRecordsOfAnotherClass_isTemporaryFailure(int dclass) throws IOException {
        Record odd = inClass(dclass, "mx.example.org. 300 IN A 192.0.2.7");
        Record forged = record("mx.example.org. 300 IN A 192.0.2.66");
        assertFailure(
                hearing(r -> asks(r, Type.A) ? replyOf(r, Section.ANSWER, odd, forged) : r)
                        .a(name("mx.example.org")));
        Record oddMx = inClass(dclass, "example.org. 300 IN MX 1 a.example.org.");
        Record forgedMx = record("example.org. 300 IN MX 1 mx.evil.example.");
        assertFailure(
                hearing(r -> asks(r, Type.MX) ? replyOf(r, Section.ANSWER, oddMx, forgedMx) : r)
                        .mx(name("example.org")));
        Record oddSoa = inClass(dclass, "example.org. 60 IN SOA ns.x. x.x. 1 1 1 1 60");
        assertFailure(
                hearing(r -> asks(r, Type.TLSA) ? replyOf(r, Section.AUTHORITY, oddSoa) : r)
                        .tlsa(name(SERVICE)));
    }

    @ParameterizedTest
    @ValueSource(ints = {DClass.CHAOS, DClass.HESIOD, DClass.NONE, DClass.ANY})
    void answer_withRecordsOfAnotherClassAdded_isAuthenticatedAllTheSame(int dclass)
            throws IOException {
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (String odd :
                    new String[] {
                        "example.org. 60 IN SOA ns.x. x.x. 1 1 1 1 60",
                        SERVICE + ". 60 IN NSEC a.example. A"
                    }) {
                assertFound(
                        true,
                        hearing(
                                        r -> {
                                            r.addRecord(inClass(dclass, odd), section);
                                            return r;
                                        })
                                .tlsa(name(SERVICE)));
            }
        }
    }

    /** Nothing vouches for what is above the anchor, and it must not lead away from below it. */
    @Test
    void alias_ofATreeAboveTheAnchor_isTemporaryFailure() throws IOException {
        Record[] forged = {
            record("org. 300 IN DNAME nowhere."),
            record("mx.example.org. 300 IN CNAME mx.example.nowhere."),
            record("mx.example.nowhere. 300 IN A 192.0.2.66")
        };
        assertFailure(
                hearing(r -> asks(r, Type.A) ? replyOf(r, Section.ANSWER, forged) : r)
                        .a(name("mx.example.org")));
    }

    /** What is added to a true reply must not make it less than it is. */
    @Test
    void answer_withRecordsOfUnsignedZoneAdded_isAuthenticatedAllTheSame() throws IOException {
        DnsResolver resolver =
                hearing(
                        r -> {
                            if (asks(r, Type.TLSA) || asks(r, Type.AAAA)) {
                                r.addRecord(
                                        record(
                                                "unsigned.example.org. 60 IN SOA ns.example."
                                                        + " x.example. 1 1 1 1 60"),
                                        Section.AUTHORITY);
                                r.addRecord(
                                        record("nowhere.example. 60 IN NSEC a.example. A"),
                                        Section.AUTHORITY);
                            }
                            return r;
                        });
        assertFound(true, resolver.tlsa(name(SERVICE)));
        assertEquals(new NoData<>(true), resolver.aaaa(name("mx.example.org")));
    }

    /** The validator takes keys that it cannot get for "insecure" in denials. */
    @Test
    void denial_whileKeysCannotBeHad_isTemporaryFailure() throws IOException {
        DnsResolver resolver = hearing(r -> asks(r, Type.DNSKEY) ? reply(r, Rcode.SERVFAIL) : r);
        assertFailure(resolver.aaaa(name("mx.example.org")));
        assertFailure(resolver.tlsa(name("_25._tcp.plain.example.org")));
        assertFailure(resolver.tlsa(name("_25._tcp.plain.nsec3.example")));
        assertFailure(resolver.tlsa(name(SERVICE)));
    }

    @Test
    void delegation_thatSeemsUnsigned_isTemporaryFailure() throws IOException {
        assertFailure(
                hearing(r -> asks(r, Type.DS) ? denial(r, Rcode.NOERROR, "example.org") : r)
                        .tlsa(name("_25._tcp.mx.child.example.org")));
    }

    /** Denials of another name, with keys that are good for no time at all. */
    @Test
    void denial_byNsec3OfAnotherName_isTemporaryFailure() throws IOException {
        Message[] other = new Message[1];
        DnsResolver resolver =
                hearing(
                        r -> {
                            if (asks(r, Type.DNSKEY)) {
                                return expiring(r);
                            }
                            if (asks(r, Type.AAAA)) {
                                other[0] = r;
                            }
                            return asks(r, Type.TLSA) && other[0] != null ? moved(r, other[0]) : r;
                        });
        assertEquals(new NoData<>(true), resolver.aaaa(name("plain.nsec3.example")));
        assertFailure(resolver.tlsa(name("_25._tcp.mx.nsec3.example")));
    }

    private static Message expiring(Message reply) {
        for (Record record : List.copyOf(reply.getSection(Section.ANSWER))) {
            reply.removeRecord(record, Section.ANSWER);
            reply.addRecord(
                    Record.newRecord(
                            record.getName(),
                            record.getType(),
                            record.getDClass(),
                            0,
                            record.rdataToWireCanonical()),
                    Section.ANSWER);
        }
        return reply;
    }

    private static Message moved(Message reply, Message denial) {
        Message forged = reply(reply, Rcode.NXDOMAIN);
        denial.getSection(Section.AUTHORITY)
                .forEach(record -> forged.addRecord(record, Section.AUTHORITY));
        return forged;
    }

    private static final String OF_ANOTHER_CHAIN = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.nsec3.example";

    private DnsResolver hearingOfAnotherChain(boolean signed) throws IOException {
        return hearing(
                r -> {
                    if (asks(r, Type.TLSA)) {
                        r.addRecord(
                                record(
                                        OF_ANOTHER_CHAIN
                                                + ". 60 IN NSEC3 1 0 5 AABB"
                                                + " 2t7b4g4vsa5smi47k61mv5bv1a22bojr A"),
                                Section.AUTHORITY);
                    }
                    if (asks(r, Type.TLSA) && signed) {
                        r.addRecord(
                                signature(OF_ANOTHER_CHAIN, Type.NSEC3, "nsec3.example."),
                                Section.AUTHORITY);
                    }
                    return r;
                });
    }

    @Test
    void denial_byNsec3OfSeveralChains_isTemporaryFailure() throws IOException {
        DnsAnswer<?> answer =
                hearingOfAnotherChain(true).tlsa(name("_25._tcp.plain.nsec3.example"));
        String reason = assertFailure(answer);
        assertTrue(reason.contains("do not belong together"), reason);
    }

    @Test
    void denial_withUnsignedNsec3OfAnotherChainAdded_isAuthenticatedAllTheSame()
            throws IOException {
        assertEquals(
                new NoSuchName<>(true),
                hearingOfAnotherChain(false).tlsa(name("_25._tcp.plain.nsec3.example")));
    }

    @Test
    void authenticData_claimedByServer_countsForNothing() throws IOException {
        DnsResolver resolver =
                hearing(
                        r -> {
                            r.getHeader().setFlag(Flags.AD);
                            return asks(r, Type.TLSA) ? without(r, Type.RRSIG) : r;
                        });
        assertFailure(resolver.tlsa(name(SERVICE)));
        assertFound(false, resolver.a(name("mx.unsigned.example.org")));
        assertFound(false, resolver.a(name("mx.nowhere.example")));
    }

    /** RFC 4035 §5.3.3: the TTL of a reply is not signed. */
    @Test
    void ttl_isNoLongerThanTheZoneSays() throws IOException {
        DnsResolver resolver =
                hearing(
                        r -> {
                            if (asks(r, Type.A)) {
                                Message forged = reply(r, Rcode.NOERROR);
                                for (Record record : r.getSection(Section.ANSWER)) {
                                    forged.addRecord(
                                            Record.newRecord(
                                                    record.getName(),
                                                    record.getType(),
                                                    record.getDClass(),
                                                    80000,
                                                    record.rdataToWireCanonical()),
                                            Section.ANSWER);
                                }
                                return forged;
                            }
                            return r;
                        });
        Found<?> found = assertInstanceOf(Found.class, resolver.a(name("mx.example.org")));
        assertTrue(found.authenticated());
        assertTrue(found.ttl().compareTo(Duration.ofMinutes(5)) <= 0, () -> "" + found.ttl());
    }

    /** A bad reply about keys must not spoil look-ups to come. */
    @Test
    void lookUp_afterForgedKeys_asksForThemAnew() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        DnsResolver resolver =
                hearing(
                        r ->
                                asks(r, Type.DNSKEY) && asked.incrementAndGet() == 1
                                        ? without(r, Type.RRSIG)
                                        : r);
        assertFailure(resolver.tlsa(name(SERVICE)));
        assertFound(true, resolver.tlsa(name(SERVICE)));
        assertFound(true, resolver.a(name("mx.example.org")));
        assertEquals(2, asked.get(), "good keys are kept");
    }

    /** As of a zone whose keys have changed within the time of those that are kept. */
    @Test
    void lookUp_thatFailsByKeysThatAreKept_asksForThemAnewTheNextTime() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean forging = new AtomicBoolean();
        DnsResolver resolver =
                hearing(
                        r -> {
                            if (asks(r, Type.DNSKEY)) {
                                asked.incrementAndGet();
                            }
                            return forging.get() ? without(r, Type.RRSIG) : r;
                        });
        assertFound(true, resolver.a(name("mx.example.org")));
        int first = asked.get();
        forging.set(true);
        assertFailure(resolver.tlsa(name(SERVICE)));
        forging.set(false);
        assertFound(true, resolver.tlsa(name(SERVICE)));
        assertEquals(2 * first, asked.get());
    }

    @Test
    void lookUp_withSilenceAboutKeys_endsWithinTheBound_I9() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        DnsResolver resolver =
                hearing(
                                r -> {
                                    if (asks(r, Type.DNSKEY)) {
                                        asked.incrementAndGet();
                                        throw new Forger.Silence();
                                    }
                                    return r;
                                })
                        .withTimeout(Duration.ofMillis(300));
        long start = System.nanoTime();
        assertFailure(resolver.tlsa(name(SERVICE)));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, () -> "took " + took);
        assertTrue(asked.get() > 0, "nobody asked");
    }

    /** A signer of many labels would have a question asked for each. */
    @Test
    void lookUp_withEndlessSigner_endsAfterALimitedNumberOfQuestions_I9() throws IOException {
        String deep = SignedZones.DEEP + ".example.org";
        DnsResolver resolver =
                hearing(
                        r -> {
                            if (!asks(r, Type.A)) {
                                return r;
                            }
                            Message forged = reply(r, Rcode.NOERROR);
                            forged.addRecord(record(deep + ". 60 IN A 192.0.2.66"), Section.ANSWER);
                            forged.addRecord(signature(deep, Type.A, deep + "."), Section.ANSWER);
                            return forged;
                        });
        assertFailure(resolver.a(name(deep)));
        int questions = forger.questions();
        assertTrue(questions > 10 && questions <= 64, () -> "asked " + questions);
    }
}
