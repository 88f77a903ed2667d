/** The engine of Embedded MTA, and the interfaces to plug parts into. */
@SuppressWarnings("module") // It exports something to a module that is built after it.
module io.embedmta.core {
    requires transitive jakarta.mail;
    requires org.eclipse.angus.mail;
    requires org.slf4j;
    requires static transitive org.jspecify;
    // For @MailTest alone.
    requires static org.junit.jupiter.api;
    // For the view of a FakeMail alone.
    requires static jdk.httpserver;

    exports io.embedmta;
    exports io.embedmta.auth;
    exports io.embedmta.event;
    exports io.embedmta.filter;
    exports io.embedmta.jakarta;
    exports io.embedmta.listener;
    exports io.embedmta.message;
    exports io.embedmta.queue;
    exports io.embedmta.resolver;
    exports io.embedmta.route;
    exports io.embedmta.smtp;
    exports io.embedmta.store;
    exports io.embedmta.testing;
    exports io.embedmta.tls;
    exports io.embedmta.internal.json to
            io.embedmta.dns;
    exports io.embedmta.internal.tls to
            io.embedmta.dns;

    provides jakarta.mail.Provider with
            io.embedmta.jakarta.MtaProvider;
}
