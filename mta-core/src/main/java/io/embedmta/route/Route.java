package io.embedmta.route;

import io.embedmta.auth.Credentials;
import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import io.embedmta.store.MailStore;
import io.embedmta.tls.OutboundTls;
import java.util.List;

/** Where a recipient goes. Immutable. */
public sealed interface Route {

    /** Into a store of ours. */
    record ToStore(String name, MailStore store) implements Route {}

    /**
     * To the mail exchangers of the recipient's domain (RFC 5321 §5.1), or to its address literal.
     *
     * @param tls what is demanded of connections to them
     */
    record ToExchangers(OutboundTls tls) implements Route {
        /** The same way with another demand. */
        public ToExchangers tls(OutboundTls demand) {
            return new ToExchangers(demand);
        }
    }

    /**
     * To one server, whatever the domain.
     *
     * @param host a name, resolved to its addresses without MX, or an address, with or without the
     *     brackets of a literal; kept as a name in lower case, or as a literal
     * @param port 1 to 65535
     * @param tls what is demanded of connections to it
     * @param tlsFromStart whether TLS begins with the connection (RFC 8314 §3.3)
     * @param credentials how we log in there
     */
    record ToSmartHost(
            String host, int port, OutboundTls tls, boolean tlsFromStart, Credentials credentials)
            implements Route {
        /**
         * Checks host and port: all mail would wait for a server that can have no address.
         *
         * @throws IllegalArgumentException if the host is neither a name nor an address, the port
         *     is out of range, or TLS is ruled out where it is to begin with the connection
         */
        public ToSmartHost {
            host = HostName.canonical(host);
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("Give the smart host a port of 1 to 65535.");
            }
            if (tlsFromStart && tls.level() == OutboundTls.Level.NONE) {
                throw new IllegalArgumentException(
                        "Do without implicit TLS where you rule TLS out with OutboundTls.none().");
            }
        }

        /**
         * The same way with another demand on connections.
         *
         * <p>A log-in without TLS takes {@link OutboundTls#none()}, which says that anybody on the
         * way may read along.
         */
        public ToSmartHost tls(OutboundTls demand) {
            return new ToSmartHost(host, port, demand, tlsFromStart, credentials);
        }

        /** The same way with TLS from the first octet, as on port 465 (RFC 8314 §3.3). */
        public ToSmartHost implicitTls() {
            return new ToSmartHost(host, port, tls, true, credentials);
        }

        /**
         * The same way with a log-in, and TLS with a verified certificate, so that the secret goes
         * to the right server alone; {@link #tls} behind it demands less.
         */
        public ToSmartHost login(Credentials as) {
            return new ToSmartHost(
                    host, port, OutboundTls.verified().trusting(tls.trust()), tlsFromStart, as);
        }
    }

    /** To other addresses in its place, each routed in turn. */
    record ToAlias(List<MailAddress> targets) implements Route {
        /** Checks that there is a target. */
        public ToAlias {
            targets = List.copyOf(targets);
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("Give the alias a target.");
            }
        }
    }

    /** Nowhere: taken and thrown away, by an explicit rule. */
    record ToNowhere() implements Route {}

    /** Refused with this permanent reply. */
    record Refused(Reply reply) implements Route {
        /** Checks that the reply is permanent. */
        public Refused {
            if (!reply.isPermanent()) {
                throw new IllegalArgumentException("Refuse with a 5yz reply.");
            }
        }
    }

    /** To a store; the name is used in logs and for the store's line of work. */
    static Route store(String name, MailStore store) {
        return new ToStore(name, store);
    }

    /** To the mail exchangers of the recipient's domain, by TLS where they offer it. */
    static ToExchangers mailExchangers() {
        return new ToExchangers(OutboundTls.opportunistic());
    }

    /**
     * To one server, by TLS where it offers it.
     *
     * @param host a name such as {@code smtp.isp.example}, or an address
     * @param port 1 to 65535; 587 where it wants submissions, 25 where it is a relay
     * @throws IllegalArgumentException if the host is neither, or the port is out of range
     */
    static ToSmartHost smartHost(String host, int port) {
        return new ToSmartHost(host, port, OutboundTls.opportunistic(), false, Credentials.none());
    }

    /**
     * To other addresses.
     *
     * @throws IllegalArgumentException if there is none, or one is malformed
     */
    static Route alias(String... targets) {
        return new ToAlias(List.of(targets).stream().map(MailAddress::of).toList());
    }

    /** Thrown away. */
    static Route discard() {
        return new ToNowhere();
    }

    /** Whether the recipient is one of ours, so that anybody may send to it. */
    default boolean isLocal() {
        return !(this instanceof ToExchangers || this instanceof ToSmartHost);
    }
}
