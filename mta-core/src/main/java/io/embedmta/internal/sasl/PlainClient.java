package io.embedmta.internal.sasl;

import java.util.Optional;

/** PLAIN (RFC 4616). */
final class PlainClient implements ClientMechanism {
    private final byte[] message;

    PlainClient(String user, String password) {
        this.message = Octets.of('\0' + user + '\0' + password);
    }

    @Override
    public String name() {
        return "PLAIN";
    }

    @Override
    public Optional<byte[]> initial() {
        return Optional.of(message);
    }

    @Override
    public byte[] respond(byte[] challenge) throws SaslException {
        throw new SaslException("a challenge that PLAIN does not have");
    }
}
