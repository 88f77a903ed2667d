package io.embedmta.internal.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.internal.delivery.Exchangers.Addresses;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.delivery.Exchangers.Way;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangersTest {
    private static final DnsName OWN = DnsName.of("own.example");

    private final StaticResolverBuilder zone = StaticResolver.builder();

    private Exchangers exchangers(long seed) {
        return exchangers(zone.build(), seed);
    }

    private static Exchangers exchangers(Resolver resolver, long seed) {
        return new Exchangers(resolver, OWN, new Random(seed));
    }

    private Way find(String domain) {
        return exchangers(1).find(MailDomain.of(domain));
    }

    private static List<String> names(Way way) {
        return assertInstanceOf(Way.Hosts.class, way).hosts().stream().map(Host::name).toList();
    }

    private static String status(Way way) {
        return assertInstanceOf(Way.None.class, way).reply().status().toString();
    }

    private static String status(Addresses addresses) {
        return assertInstanceOf(Addresses.None.class, addresses).reply().status().toString();
    }

    private List<String> addresses(String host) {
        Addresses found = exchangers(1).addresses(new Host(host, List.of()));
        return assertInstanceOf(Addresses.Known.class, found).addresses().stream()
                .map(InetAddress::getHostAddress)
                .toList();
    }

    @Test
    void exchangers_ofSeveralPreferences_areTriedLowestFirst() {
        zone.mx("y.example", 30, "c.y.example")
                .mx("y.example", 10, "a.y.example")
                .mx("y.example", 20, "b.y.example");
        assertEquals(
                List.of("a.y.example", "b.y.example", "c.y.example"), names(find("y.example")));
    }

    @Test
    void exchangers_ofOnePreference_areShuffledAmongThemselves() {
        zone.mx("y.example", 5, "first.y.example")
                .mx("y.example", 10, "a.y.example")
                .mx("y.example", 10, "b.y.example")
                .mx("y.example", 10, "c.y.example")
                .mx("y.example", 20, "last.y.example");
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            List<String> order = names(exchangers(seed).find(MailDomain.of("y.example")));
            assertEquals("first.y.example", order.get(0), "seed " + seed);
            assertEquals("last.y.example", order.get(4), "seed " + seed);
            orders.add(order);
            assertEquals(
                    order,
                    names(exchangers(seed).find(MailDomain.of("y.example"))),
                    "the same seed gives the same order");
        }
        assertEquals(6, orders.size(), "every order of three comes up");
    }

    @Test
    void exchangers_withoutMx_areTheDomainItself() {
        zone.a("y.example", "192.0.2.1");
        assertEquals(List.of("y.example"), names(find("y.example")));
    }

    @Test
    void exchangers_withNullMx_areNoneForGood() {
        zone.nullMx("y.example").a("y.example", "192.0.2.1");
        Way way = find("y.example");
        assertEquals("5.1.10", status(way));
        assertEquals(556, assertInstanceOf(Way.None.class, way).reply().code());
    }

    @Test
    void exchangers_withNullMxAmongOthers_areTheOthers() {
        zone.mx("y.example", 0, ".").mx("y.example", 10, "a.y.example");
        assertEquals(List.of("a.y.example"), names(find("y.example")));
    }

    @Test
    void exchangers_withOurOwnName_areCutOffFromItsPreference() {
        zone.mx("y.example", 10, "better.y.example")
                .mx("y.example", 20, "own.example")
                .mx("y.example", 20, "equal.y.example")
                .mx("y.example", 30, "worse.y.example");
        assertEquals(List.of("better.y.example"), names(find("y.example")));
    }

    @Test
    void exchangers_ofWhichWeAreTheBest_areALoop() {
        zone.mx("y.example", 10, "OWN.example").mx("y.example", 20, "worse.y.example");
        assertEquals("5.4.6", status(find("y.example")));
    }

    @Test
    void exchangers_ofOurOwnNameWithoutMx_areALoop() {
        zone.a("own.example", "192.0.2.1");
        assertEquals("5.4.6", status(find("own.example")));
    }

    @Test
    void exchangers_ofAnAlias_areThoseOfItsTarget() {
        zone.cname("alias.example", "y.example").mx("y.example", 10, "a.y.example");
        assertEquals(List.of("a.y.example"), names(find("alias.example")));
    }

    @ParameterizedTest
    @CsvSource({"missing.example,5.1.2", "broken.example,4.4.3", "sub.broken.example,4.4.3"})
    void exchangers_thatCannotBeFound_haveAReason(String domain, String status) {
        zone.fails("broken.example", "SERVFAIL");
        assertEquals(status, status(find(domain)));
    }

    @Test
    void exchangers_ofANameTooLongForTheDns_areNoneForGood() {
        String label = "a".repeat(63) + ".";
        assertEquals("5.1.2", status(find(label.repeat(3) + "a".repeat(62))));
    }

    @Test
    void exchangers_ofADomainLiteral_areTheAddressItself() {
        Way way = find("[192.0.2.9]");
        Host host = assertInstanceOf(Way.Hosts.class, way).hosts().get(0);
        assertEquals(
                "192.0.2.9",
                assertInstanceOf(Addresses.Known.class, exchangers(1).addresses(host))
                        .addresses()
                        .get(0)
                        .getHostAddress());
    }

    @Test
    void addresses_ofBothKinds_areAllTriedVersionFourFirst() {
        zone.aaaa("a.y.example", "2001:db8::1")
                .a("a.y.example", "192.0.2.1")
                .a("a.y.example", "192.0.2.2")
                .aaaa("a.y.example", "2001:db8::2");
        List<String> found = addresses("a.y.example");
        assertEquals(Set.of("192.0.2.1", "192.0.2.2"), Set.copyOf(found.subList(0, 2)));
        assertEquals(
                Set.of("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2"),
                Set.copyOf(found.subList(2, 4)));
    }

    @ParameterizedTest
    @CsvSource({"gone.y.example,5.4.4", "192.0.2.7,5.4.4", "mute.y.example,5.4.4"})
    void addresses_ofAnExchangerThatHasNone_areNoneForGood(String exchanger, String status) {
        zone.mx("y.example", 10, exchanger).txt("mute.y.example", "no address here");
        String name = names(find("y.example")).get(0);
        assertEquals(status, status(exchangers(1).addresses(new Host(name, List.of()))));
    }

    @Test
    void addresses_ofAFailingName_areNoneForNow() {
        zone.fails("a.y.example", "timeout");
        assertEquals("4.4.3", status(exchangers(1).addresses(new Host("a.y.example", List.of()))));
    }

    @Test
    void exchangers_ofAResolverThatThrows_areNoneForNow_I8() {
        Exchangers exchangers =
                exchangers(
                        resolver(
                                () -> {
                                    throw new IllegalStateException("hostile");
                                }),
                        1);
        assertEquals("4.4.3", status(exchangers.find(MailDomain.of("y.example"))));
        assertEquals("4.4.3", status(exchangers.addresses(new Host("a.y.example", List.of()))));
    }

    @Test
    void exchangers_ofAResolverThatSaysNothing_areNoneForNow_I8() {
        Exchangers exchangers = exchangers(resolver(() -> {}), 1);
        assertEquals("4.4.3", status(exchangers.find(MailDomain.of("y.example"))));
        assertEquals("4.4.3", status(exchangers.addresses(new Host("a.y.example", List.of()))));
    }

    /** A resolver that does this for any question, and answers null. */
    private static Resolver resolver(Runnable whatever) {
        return (Resolver)
                Proxy.newProxyInstance(
                        ExchangersTest.class.getClassLoader(),
                        new Class<?>[] {Resolver.class},
                        (proxy, method, arguments) -> {
                            whatever.run();
                            return null;
                        });
    }
}
