package io.embedmta.internal.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** OAUTHBEARER (RFC 7628 §3.1) and its forerunner XOAUTH2. */
final class BearerClient implements ClientMechanism {
    private static final int MAX_REFUSAL = 300;

    private final boolean standard;
    private final byte[] message;
    private @Nullable String refusal;

    /**
     * @param standard OAUTHBEARER; else XOAUTH2
     * @param host and port of the server
     */
    BearerClient(boolean standard, String user, String token, String host, int port) {
        this.standard = standard;
        this.message =
                Octets.of(
                        standard
                                ? "n,a="
                                        + Gs2Header.encodeName(user)
                                        + ",\1host="
                                        + host
                                        + "\1port="
                                        + port
                                        + "\1auth=Bearer "
                                        + token
                                        + "\1\1"
                                : "user=" + user + "\1auth=Bearer " + token + "\1\1");
    }

    @Override
    public String name() {
        return standard ? "OAUTHBEARER" : "XOAUTH2";
    }

    @Override
    public Optional<byte[]> initial() {
        return Optional.of(message);
    }

    /** A challenge says why the token is no good, and the answer is a matter of form (§3.2.3). */
    @Override
    public byte[] respond(byte[] challenge) throws SaslException {
        if (refusal != null) {
            throw new SaslException("a second challenge, which " + name() + " does not have");
        }
        String text = new String(challenge, StandardCharsets.UTF_8);
        refusal = text.substring(0, Math.min(text.length(), MAX_REFUSAL));
        return standard ? new byte[] {1} : new byte[0];
    }

    @Override
    public boolean isComplete() {
        return refusal == null;
    }

    @Override
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }
}
