package io.embedmta.internal.sasl;

import java.util.Optional;

/** LOGIN, which no RFC describes: what servers ask first is the name, whatever they call it. */
final class LoginClient implements ClientMechanism {
    private final String user;
    private final String password;
    private int asked;

    LoginClient(String user, String password) {
        this.user = user;
        this.password = password;
    }

    @Override
    public String name() {
        return "LOGIN";
    }

    @Override
    public Optional<byte[]> initial() {
        return Optional.empty();
    }

    @Override
    public byte[] respond(byte[] challenge) throws SaslException {
        return switch (asked++) {
            case 0 -> Octets.of(user);
            case 1 -> Octets.of(password);
            default -> throw new SaslException("a third challenge, which LOGIN does not have");
        };
    }
}
