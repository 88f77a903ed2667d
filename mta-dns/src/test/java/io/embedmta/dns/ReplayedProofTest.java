package io.embedmta.dns;

import static io.embedmta.dns.DnssecContract.assertFound;
import static io.embedmta.dns.FakeNameServer.record;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
 * Replies put together of records and signatures that zones really have, by somebody who cannot
 * sign: to deny what there is, or to put a wildcard's records in its place.
 */
class ReplayedProofTest {
    private static @Nullable ReplayedZones zones;

    @TempDir static Path folder;

    private final Forger forger = new Forger();

    @BeforeAll
    static void signZones() {
        if (KnotServer.isInstalled()) {
            zones = new ReplayedZones(folder);
        }
    }

    @AfterAll
    static void stopKnot() {
        if (zones != null) {
            zones.close();
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

    private static ReplayedZones zones() {
        ReplayedZones known = zones;
        if (known == null) {
            throw new IllegalStateException("no zones");
        }
        return known;
    }

    private DnsResolver hearing(Function<Message, Message> forgery) throws IOException {
        return forger.heardOf(zones().knot, zones().anchors, forgery);
    }

    /** Forges the reply to one question alone. */
    private static Function<Message, Message> forging(
            String owner, int type, Function<Message, Message> forgery) {
        return reply ->
                reply.getQuestion().getType() == type
                                && reply.getQuestion().getName().equals(named(owner))
                        ? forgery.apply(reply)
                        : reply;
    }

    private static Message reply(
            Message to, int code, List<Record> answer, List<Record> authority) {
        Message forged = FakeNameServer.reply(to, code);
        answer.forEach(record -> forged.addRecord(record, Section.ANSWER));
        authority.forEach(record -> forged.addRecord(record, Section.AUTHORITY));
        return forged;
    }

    private static Message denial(Message to, int code, SignedZone zone, List<Record> proof) {
        List<Record> authority = new ArrayList<>(zone.set(zone.name(), Type.SOA));
        authority.addAll(proof);
        return reply(to, code, List.of(), authority);
    }

    private static Name named(String name) {
        return Name.fromConstantString(name + ".");
    }

    private static DnsName name(String name) {
        return DnsName.of(name);
    }

    private static List<Record> under(String owner, List<Record> records) {
        return records.stream()
                .map(
                        record ->
                                Record.newRecord(
                                        named(owner),
                                        record.getType(),
                                        DClass.IN,
                                        record.getTTL(),
                                        record.rdataToWireCanonical()))
                .toList();
    }

    @SafeVarargs
    private static List<Record> all(List<Record>... lists) {
        List<Record> all = new ArrayList<>();
        for (List<Record> each : lists) {
            all.addAll(each);
        }
        return all;
    }

    private static void assertFailure(DnsAnswer<?> answer) {
        assertInstanceOf(TemporaryFailure.class, answer);
    }

    // Of NSEC.

    @Test
    void noData_byTheNsecOfAnotherWildcard_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().org;
        List<Record> proof =
                all(
                        zone.set("*.wild.example.org", Type.NSEC),
                        zone.set("plain.example.org", Type.NSEC));
        String service = "_25._tcp.mx.example.org";
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> denial(r, Rcode.NOERROR, zone, proof)))
                        .tlsa(name(service)));
        assertFailure(
                hearing(forging("example.org", Type.MX, r -> denial(r, Rcode.NOERROR, zone, proof)))
                        .mx(name("example.org")));
    }

    /** Beside another wildcard's, the record of the one that applies is not looked into. */
    @ParameterizedTest
    @ValueSource(ints = {Rcode.NOERROR, Rcode.NXDOMAIN})
    void noData_ofWhatAWildcardProvides_isTemporaryFailure(int code) throws IOException {
        SignedZone zone = zones().direct;
        String host = "ho.direct.org";
        List<Record> proof =
                all(zone.set("*.dev.direct.org", Type.NSEC), zone.set("*.direct.org", Type.NSEC));
        assertEquals(proof.subList(0, 1), zone.nsecOver(host).subList(0, 1));
        assertFailure(
                hearing(forging(host, Type.A, r -> denial(r, code, zone, proof))).a(name(host)));
    }

    /** RFC 6840 §4.1: it comes from above the delegation, and knows nothing of what is below. */
    @Test
    void noSuchName_byTheNsecOfADelegation_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().org;
        String service = "_25._tcp.mx.child.example.org";
        List<Record> proof =
                all(zone.set("child.example.org", Type.NSEC), zone.nsecOver("*.example.org"));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> denial(r, Rcode.NXDOMAIN, zone, proof)))
                        .tlsa(name(service)));
        assertFailure(
                hearing(
                                forging(
                                        "child.example.org",
                                        Type.MX,
                                        r -> denial(r, Rcode.NOERROR, zone, proof)))
                        .mx(name("child.example.org")));
    }

    /** The signature of a wildcard's record is right under any name that it may stand for. */
    @Test
    void noSuchName_byTheNsecOfAWildcardUnderAnotherName_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().direct;
        String service = "_25._tcp.mx.direct.org";
        List<Record> proof = under("a.!.mx.direct.org", zone.set("*.direct.org", Type.NSEC));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> denial(r, Rcode.NXDOMAIN, zone, proof)))
                        .tlsa(name(service)));
    }

    @Test
    void noSuchName_ofWhatAWildcardProvides_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().org;
        String service = "_25._tcp.w.example.org";
        List<Record> proof =
                all(
                        zone.nsecOver(service),
                        zone.set("plain.example.org", Type.NSEC),
                        zone.nsecOver("*.example.org"));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> denial(r, Rcode.NXDOMAIN, zone, proof)))
                        .tlsa(name(service)));
    }

    @Test
    void alias_ofAWildcardThatDoesNotApply_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().org;
        String service = "_25._tcp.m.cn.example.org";
        List<Record> alias = under(service, zone.set("*.cn.example.org", Type.CNAME));
        List<Record> proof =
                all(zone.set("example.org", Type.SOA), zone.set("plain.example.org", Type.NSEC));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> reply(r, Rcode.NOERROR, alias, proof)))
                        .tlsa(name(service)));
    }

    /** RFC 6672 §2.3: an alias of a tree is none of the tree's own name. */
    @Test
    void mailExchangers_byTheAliasOfTheirOwnTree_areATemporaryFailure() throws IOException {
        String owner = "sub.example.org";
        List<Record> answer =
                all(
                        zones().org.set(owner, Type.DNAME),
                        List.of(
                                record(owner + ". 300 IN CNAME nowhere.example."),
                                record("nowhere.example. 300 IN MX 1 mx.evil.example.")));
        assertFailure(
                hearing(forging(owner, Type.MX, r -> reply(r, Rcode.NOERROR, answer, List.of())))
                        .mx(name(owner)));
    }

    @Test
    void aliases_thatContradict_areATemporaryFailure() throws IOException {
        Record decoy = record("alias.example.org. 300 IN CNAME nowhere.example.");
        assertFailure(
                hearing(
                                forging(
                                        "alias.example.org",
                                        Type.A,
                                        r -> {
                                            r.addRecord(decoy, Section.ANSWER);
                                            return r;
                                        }))
                        .a(name("alias.example.org")));
    }

    // Of NSEC3.

    @Test
    void wildcard_inPlaceOfAName_thatTheParentZoneDenies_isTemporaryFailure() throws IOException {
        ReplayedZones all = zones();
        String host = "mx.example.tld";
        String service = "_25._tcp.mx.example.tld";
        List<Record> proof = all.parent.nsec3Over(host);
        List<Record> addresses = under(host, all.child.set("*.example.tld", Type.A));
        assertFailure(
                hearing(forging(host, Type.A, r -> reply(r, Rcode.NOERROR, addresses, proof)))
                        .a(name(host)));
        List<Record> records = under(service, all.child.set("*.example.tld", Type.TLSA));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> reply(r, Rcode.NOERROR, records, proof)))
                        .tlsa(name(service)));
    }

    /** Keys are kept by their spelling, and what no key is found for would be ignored. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSuchName_byASignerInCapitals_isTemporaryFailure(boolean inProof) throws IOException {
        SignedZone zone = zones().hashed;
        String service = "_25._tcp.mx.nsec3.example";
        List<Record> any = zone.nsec3Over("zzz.nsec3.example");
        List<Record> proof = inProof ? inCapitals(any) : any;
        Function<Message, Message> denying =
                forging(service, Type.TLSA, r -> denial(r, Rcode.NXDOMAIN, zone, proof));
        Function<Message, Message> askingInCapitals =
                forging("nsec3.example", Type.DNSKEY, ReplayedProofTest::askedInCapitals);
        assertFailure(
                hearing(inProof ? denying : denying.compose(askingInCapitals)).tlsa(name(service)));
    }

    private static List<Record> inCapitals(List<Record> records) {
        List<Record> spelt = new ArrayList<>();
        for (Record record : records) {
            spelt.add(
                    record instanceof RRSIGRecord s
                            ? new RRSIGRecord(
                                    s.getName(),
                                    DClass.IN,
                                    s.getTTL(),
                                    s.getTypeCovered(),
                                    s.getAlgorithm(),
                                    s.getOrigTTL(),
                                    s.getExpire(),
                                    s.getTimeSigned(),
                                    s.getFootprint(),
                                    named("NSEC3.EXAMPLE"),
                                    s.getSignature())
                            : record);
        }
        return spelt;
    }

    private static Message askedInCapitals(Message reply) {
        Message spelt = new Message(reply.getHeader().getID());
        spelt.getHeader().setFlag(Flags.QR);
        spelt.addRecord(
                Record.newRecord(named("NSEC3.EXAMPLE"), Type.DNSKEY, DClass.IN), Section.QUESTION);
        reply.getSection(Section.ANSWER).forEach(record -> spelt.addRecord(record, Section.ANSWER));
        return spelt;
    }

    /** Where the validator gives up its search for the closest encloser. */
    @Test
    void noSuchName_farBelowItsClosestEncloser_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().hashed;
        String service = "_25._tcp.a.a.a.a.nsec3.example";
        List<Record> proof = all(zone.nsec3Of("nsec3.example"), zone.nsec3Over("a.nsec3.example"));
        assertFailure(
                hearing(forging(service, Type.TLSA, r -> denial(r, Rcode.NXDOMAIN, zone, proof)))
                        .tlsa(name(service)));
    }

    @Test
    void denials_withoutNumber_areNotVerified_I9() throws IOException {
        TrustAnchors anchors = TrustAnchors.read(zones().anchors);
        Message flood = FakeNameServer.reply(Message.newQuery(question()), Rcode.NXDOMAIN);
        List<Record> one = zones().hashed.nsec3Of("nsec3.example");
        for (int i = 0; i < 17; i++) {
            under("n" + i + ".nsec3.example", one)
                    .forEach(record -> flood.addRecord(record, Section.AUTHORITY));
        }
        IOException refused =
                assertThrows(
                        IOException.class,
                        () -> ReplyFilter.filter(anchors, flood, named("x.nsec3.example"), Type.A));
        assertEquals("bogus: more denials than any reply takes", refused.getMessage());
    }

    private static Record question() {
        return Record.newRecord(named("x.nsec3.example"), Type.A, DClass.IN);
    }

    // What is true stays so.

    @ParameterizedTest
    @CsvSource({
        "_25._tcp.mx.example.org",
        "_25._tcp.w.example.org",
        "_25._tcp.m.cn.example.org",
        "_25._TCP.MX.Example.ORG",
        "_25._tcp.tree.example.org",
        "_25._tcp.mx.direct.org",
        "_25._tcp.mx.nsec3.example",
        "_25._tcp.x.nsec3.example",
        "_25._tcp.mx.example.tld",
        "_25._tcp.y.example.tld"
    })
    void records_thatAreThere_areAuthenticated(String service) throws IOException {
        assertFound(true, hearing(reply -> reply).tlsa(name(service)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alias.example.org",
                "x.wild.example.org",
                "x.y.cn.example.org",
                "x.y.direct.org",
                "x.nsec3.example",
                "x.example.tld"
            })
    void addresses_byAliasAndWildcard_areAuthenticated(String host) throws IOException {
        assertFound(true, hearing(reply -> reply).a(name(host)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mx.example.org",
                "ent.example.org",
                "alias.example.org",
                "x.wild.example.org",
                "x.direct.org",
                "mx.nsec3.example",
                "x.nsec3.example",
                "x.example.tld"
            })
    void noData_thatIsTrue_isAuthenticated(String host) throws IOException {
        assertEquals(new NoData<>(true), hearing(reply -> reply).aaaa(name(host)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_25._tcp.plain.example.org",
                "zz.example.org",
                "a.b.c.d.example.org",
                "_25._tcp.mx.mx.direct.org",
                "x.mx.nsec3.example",
                "x.mx.example.tld"
            })
    void noSuchName_thatIsTrue_isAuthenticated(String host) throws IOException {
        assertEquals(new NoSuchName<>(true), hearing(reply -> reply).mx(name(host)));
    }

    /** Below an unsigned delegation nothing is signed, whatever comes beside it. */
    @ParameterizedTest
    @ValueSource(strings = {"unsigned.example.org", "mx.unsigned.example.org"})
    void denial_besideTheNsecOfItsUnsignedDelegation_isAnAnswer(String host) throws IOException {
        Record soa = record("unsigned.example.org. 60 IN SOA ns.x. h.x. 1 1 1 1 60");
        List<Record> authority =
                all(List.of(soa), zones().org.set("unsigned.example.org", Type.NSEC));
        DnsAnswer<?> answer =
                hearing(
                                forging(
                                        host,
                                        Type.AAAA,
                                        r -> reply(r, Rcode.NOERROR, List.of(), authority)))
                        .aaaa(name(host));
        assertEquals(new NoData<>(false), answer);
    }

    /** RFC 5155 §6: the zone proves nothing of what has no record of its own. */
    @Test
    void noData_ofAWildcard_underOptOut_isAnAnswer() throws IOException {
        assertEquals(new NoData<>(false), hearing(reply -> reply).aaaa(name("x.optout.example")));
        assertFound(true, hearing(reply -> reply).tlsa(name("_25._tcp.mx.optout.example")));
    }

    @Test
    void noData_ofWhatIsThere_underOptOut_isTemporaryFailure() throws IOException {
        SignedZone zone = zones().optOut;
        String host = "mx.optout.example";
        List<Record> proof =
                all(
                        zone.nsec3Of("optout.example"),
                        zone.nsec3Of("*.optout.example"),
                        zone.nsec3Over("x.optout.example"));
        assertFailure(
                hearing(forging(host, Type.A, r -> denial(r, Rcode.NOERROR, zone, proof)))
                        .a(name(host)));
    }

    /** RFC 2308 §2.2 knows of such servers; load balancers are among them. */
    @ParameterizedTest
    @ValueSource(ints = {Rcode.NOERROR, Rcode.NXDOMAIN})
    void denial_withoutSoa_ofAnUnsignedZone_isAnAnswer(int code) throws IOException {
        String host = "mx.unsigned.optout.example";
        DnsAnswer<?> answer =
                hearing(forging(host, Type.AAAA, r -> reply(r, code, List.of(), List.of())))
                        .aaaa(name(host));
        assertEquals(code == Rcode.NOERROR ? new NoData<>(false) : new NoSuchName<>(false), answer);
    }

    @ParameterizedTest
    @CsvSource({"mx.example.org", "mx.nsec3.example", "mx.optout.example", "mx.example.tld"})
    void denial_withoutSoa_ofASignedZone_isTemporaryFailure(String host) throws IOException {
        assertFailure(
                hearing(forging(host, Type.A, r -> reply(r, Rcode.NOERROR, List.of(), List.of())))
                        .a(name(host)));
    }

    /** Not every server sends the rest of a chain. */
    @Test
    void alias_thatComesAlone_isFollowed() throws IOException {
        List<Record> alias = zones().org.set("alias.example.org", Type.CNAME);
        assertFound(
                true,
                hearing(
                                forging(
                                        "alias.example.org",
                                        Type.A,
                                        r -> reply(r, Rcode.NOERROR, alias, List.of())))
                        .a(name("alias.example.org")));
    }
}
