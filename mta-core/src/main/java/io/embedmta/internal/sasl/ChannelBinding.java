package io.embedmta.internal.sasl;

import java.util.Optional;

/** What names one TLS connection, so that a log-in is good for no other (RFC 5056). */
@FunctionalInterface
public interface ChannelBinding {
    /** The certificate of the server (RFC 5929 §4). */
    String SERVER_END_POINT = "tls-server-end-point";

    /** A key of the connection (RFC 9266). */
    String EXPORTER = "tls-exporter";

    /** Of a connection in plain text. */
    ChannelBinding NONE = type -> Optional.empty();

    /** The data of a type; empty if the connection has none of that type. */
    Optional<byte[]> get(String type);
}
