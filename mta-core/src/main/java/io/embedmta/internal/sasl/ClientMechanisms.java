package io.embedmta.internal.sasl;

import io.embedmta.smtp.SyntaxException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** Chooses how to log in at a server: the best mechanism that both sides know. */
public final class ClientMechanisms {
    private static final int NONCE_OCTETS = 18;

    private ClientMechanisms() {}

    /**
     * For a password. CRAM-MD5 is never chosen: it has the server keep the password itself, and
     * gives who reads along all that he needs to find it out.
     *
     * @param offered names in upper case
     * @param mayShow whether the password itself may go over the wire
     * @throws SyntaxException if the name is one that SCRAM cannot carry
     */
    public static Optional<ClientMechanism> ofPassword(
            Set<String> offered,
            boolean mayShow,
            ChannelBinding channel,
            String user,
            String password) {
        Optional<byte[]> endPoint = channel.get(ChannelBinding.SERVER_END_POINT);
        boolean plus = offered.contains("SCRAM-SHA-256-PLUS");
        if (plus && endPoint.isPresent()) {
            return Optional.of(ScramClient.bound(user, password, endPoint.get(), nonce()));
        }
        if (offered.contains("SCRAM-SHA-256")) {
            boolean able = endPoint.isPresent() && !plus;
            return Optional.of(ScramClient.unbound(user, password, able, nonce()));
        }
        if (mayShow && offered.contains("PLAIN")) {
            return Optional.of(new PlainClient(user, password));
        }
        if (mayShow && offered.contains("LOGIN")) {
            return Optional.of(new LoginClient(user, password));
        }
        return Optional.empty();
    }

    /**
     * For a token, which goes over the wire itself.
     *
     * @param offered names in upper case
     */
    public static Optional<ClientMechanism> ofToken(
            Set<String> offered, String user, String token, String host, int port) {
        if (offered.contains("OAUTHBEARER")) {
            return Optional.of(new BearerClient(true, user, token, host, port));
        }
        if (offered.contains("XOAUTH2")) {
            return Optional.of(new BearerClient(false, user, token, host, port));
        }
        return Optional.empty();
    }

    /** Whether there is one for a token at all, so that one is asked for in earnest. */
    public static boolean takesToken(Set<String> offered) {
        return offered.contains("OAUTHBEARER") || offered.contains("XOAUTH2");
    }

    private static String nonce() {
        byte[] octets = new byte[NONCE_OCTETS];
        new SecureRandom().nextBytes(octets);
        return Base64.getEncoder().encodeToString(octets);
    }
}
