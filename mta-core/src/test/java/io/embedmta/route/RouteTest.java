package io.embedmta.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.Reply;
import io.embedmta.tls.OutboundTls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route takes, and in which form. */
class RouteTest {

    @ParameterizedTest
    @CsvSource({
        "smtp.isp.example, smtp.isp.example",
        "SMTP.Isp.Example., smtp.isp.example",
        "mail_relay, mail_relay",
        "smtp.bücher.example, smtp.xn--bcher-kva.example",
        "192.0.2.1, [192.0.2.1]",
        "[192.0.2.1], [192.0.2.1]",
        "::1, [IPv6:0:0:0:0:0:0:0:1]",
        "[::1], [IPv6:0:0:0:0:0:0:0:1]",
        "[IPv6:::1], [IPv6:0:0:0:0:0:0:0:1]"
    })
    void smartHost_byNameOrAddress_hasOneForm(String given, String kept) {
        assertEquals(kept, Route.smartHost(given, 587).host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "not a name",
                "mail..example",
                "smtp.isp.example:587",
                "smtp://isp.example",
                "user@isp.example",
                "300.1.1.1",
                "1.2.3",
                "[300.1.1.1]",
                "[smtp.isp.example]",
                "[192.0.2.1",
                "192.0.2.1:25",
                "::x",
                "fe80::1%eth0"
            })
    void smartHost_thatCanHaveNoAddress_isRefusedAtOnce(String host) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Route.smartHost(host, 25));
        assertTrue(
                String.valueOf(refused.getMessage()).startsWith("Give the smart host as a name"),
                refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65536})
    void smartHost_withoutARealPort_isRefusedAtOnce(int port) {
        assertThrows(
                IllegalArgumentException.class, () -> Route.smartHost("smtp.isp.example", port));
    }

    @Test
    void alias_withoutOrWithAMalformedTarget_isRefusedAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> Route.alias());
        assertThrows(IllegalArgumentException.class, () -> Route.alias("no address"));
    }

    @Test
    void refusal_thatIsNotPermanent_isRefusedAtOnce() {
        Reply later = Reply.of(450, "4.2.1", "later");
        assertThrows(IllegalArgumentException.class, () -> new Route.Refused(later));
    }

    @Test
    void smartHost_thatBeginsWithTls_cannotDoWithoutIt() {
        Route.ToSmartHost plain = Route.smartHost("smtp.isp.example", 465).tls(OutboundTls.none());
        assertThrows(IllegalArgumentException.class, plain::implicitTls);
        Route.ToSmartHost implicit = Route.smartHost("smtp.isp.example", 465).implicitTls();
        assertThrows(IllegalArgumentException.class, () -> implicit.tls(OutboundTls.none()));
    }

    /** Recipients that share a route share a transaction. */
    @Test
    void routes_ofTheSameValues_areEqual() {
        assertEquals(
                Route.smartHost("SMTP.isp.example", 465).implicitTls(),
                Route.smartHost("smtp.isp.example", 465).implicitTls());
        assertEquals(Route.mailExchangers(), Route.mailExchangers());
        assertNotEquals(Route.mailExchangers(), Route.mailExchangers().tls(OutboundTls.required()));
    }
}
