package io.embedmta.internal.sasl;

import io.embedmta.auth.SaslPrep;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.smtp.SyntaxException;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/** SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). */
final class ScramClient implements ClientMechanism {
    /**
     * What a server may make us compute: some seconds. Beyond, it means harm, as it does below 4096
     * (RFC 7677 §4), which would make a password easy to find for who sees the exchange.
     */
    private static final int MAX_ITERATIONS = 5_000_000;

    private enum Next {
        SERVER_FIRST,
        SERVER_FINAL,
        DONE
    }

    private final String password;
    private final byte[] bound;
    private final boolean plus;
    private final String nonce;
    private final String header;
    private final String bare;
    private Next next = Next.SERVER_FIRST;
    private byte[] serverSignature = new byte[0];

    /**
     * @param header how the channel is bound, as a GS2 header
     * @param binding the data of the channel; empty without one
     * @param nonce never used before
     * @throws SyntaxException if the name holds what SASLprep prohibits
     */
    private ScramClient(
            String user,
            String password,
            String header,
            byte[] binding,
            boolean plus,
            String nonce) {
        this.password = password;
        this.header = header;
        this.bound = binding;
        this.plus = plus;
        this.nonce = nonce;
        this.bare = "n=" + Gs2Header.encodeName(SaslPrep.prepare(user)) + ",r=" + nonce;
    }

    /** Bound to the channel, by the certificate of the server. */
    static ScramClient bound(String user, String password, byte[] endPoint, String nonce) {
        String header = "p=" + ChannelBinding.SERVER_END_POINT + ",,";
        return new ScramClient(user, password, header, endPoint, true, nonce);
    }

    /**
     * Not bound to it.
     *
     * @param able whether it could be, had the server offered it
     */
    static ScramClient unbound(String user, String password, boolean able, String nonce) {
        // RFC 5802 §6: "y" lets the server see that somebody has hidden its offer.
        return new ScramClient(user, password, able ? "y,," : "n,,", new byte[0], false, nonce);
    }

    @Override
    public String name() {
        return plus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
    }

    @Override
    public Optional<byte[]> initial() {
        return Optional.of(Octets.of(header + bare));
    }

    @Override
    public byte[] respond(byte[] challenge) throws SaslException {
        String text;
        try {
            text = Octets.text(challenge);
        } catch (SyntaxException e) {
            throw new SaslException("a challenge that is not UTF-8");
        }
        return switch (next) {
            case SERVER_FIRST -> prove(text);
            case SERVER_FINAL -> check(text);
            case DONE -> throw new SaslException("a challenge after the last one");
        };
    }

    private byte[] prove(String serverFirst) throws SaslException {
        // RFC 5802 §5.1: an extension in front (m=) would have to be known.
        String[] parts = serverFirst.split(",", -1);
        if (parts.length < 3
                || !parts[0].startsWith("r=")
                || !parts[1].startsWith("s=")
                || !parts[2].startsWith("i=")) {
            throw new SaslException("a challenge that is not one of SCRAM");
        }
        String bothNonces = parts[0].substring(2);
        if (!bothNonces.startsWith(nonce) || bothNonces.length() == nonce.length()) {
            throw new SaslException("a challenge to somebody else: the nonce is not ours");
        }
        byte[] salted = salted(decode(parts[1].substring(2)), iterations(parts[2].substring(2)));
        String withoutProof = "c=" + encode(channel()) + ",r=" + bothNonces;
        byte[] message = Octets.of(bare + "," + serverFirst + "," + withoutProof);
        byte[] clientKey = Octets.hmacSha256(salted, Octets.of("Client Key"));
        byte[] signature = Octets.hmacSha256(Octets.sha256(clientKey), message);
        byte[] serverKey = Octets.hmacSha256(salted, Octets.of("Server Key"));
        serverSignature = Octets.hmacSha256(serverKey, message);
        next = Next.SERVER_FINAL;
        return Octets.of(withoutProof + ",p=" + encode(Octets.xor(clientKey, signature)));
    }

    private byte[] channel() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Octets.of(header));
        all.writeBytes(bound);
        return all.toByteArray();
    }

    private static int iterations(String text) throws SaslException {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new SaslException("a challenge without a number of iterations");
        }
        int iterations = Integer.parseInt(text);
        if (iterations < ScramVerifier.MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new SaslException("a challenge with " + iterations + " iterations");
        }
        return iterations;
    }

    private byte[] salted(byte[] salt, int iterations) throws SaslException {
        try {
            return ScramVerifier.saltedPassword(password, salt, iterations);
        } catch (IllegalArgumentException e) {
            throw new SaslException("a salt, or we have a password, that cannot be used");
        }
    }

    private byte[] check(String serverFinal) throws SaslException {
        if (serverFinal.startsWith("e=")) {
            String error = serverFinal.split(",", -1)[0].substring(2);
            throw new SaslException(
                    "the error " + error.substring(0, Math.min(error.length(), 100)));
        }
        if (!serverFinal.startsWith("v=")
                || !MessageDigest.isEqual(
                        decode(serverFinal.split(",", -1)[0].substring(2)), serverSignature)) {
            throw new SaslException("no proof that it knows the password itself");
        }
        next = Next.DONE;
        return new byte[0];
    }

    @Override
    public boolean isComplete() {
        return next == Next.DONE;
    }

    private static byte[] decode(String base64) throws SaslException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new SaslException("a challenge whose Base64 is malformed");
        }
    }

    private static String encode(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }
}
