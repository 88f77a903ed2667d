/** A resolver that asks name servers, and what domains publish about their mail. */
module io.embedmta.dns {
    requires transitive io.embedmta.core;
    requires org.dnsjava;
    requires org.slf4j;

    exports io.embedmta.dns;
    exports io.embedmta.dns.mtasts;
    exports io.embedmta.dns.tlsrpt;
}
