package io.embedmta.internal.sasl;

import io.embedmta.auth.SaslPrep;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.internal.sasl.Accounts.Account;
import io.embedmta.smtp.SyntaxException;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). */
final class ScramServer implements ServerMechanism {
    /** A challenge holds it, and is to fit in a line of a reply. */
    private static final int MAX_CLIENT_NONCE = 200;

    private final Accounts accounts;
    private final ChannelBinding channel;
    private final boolean plus;
    private final boolean plusOffered;
    private final String serverNonce;

    private @Nullable Exchange exchange;
    private @Nullable Step outcome;

    /** What the first messages have settled. */
    private record Exchange(
            String user,
            Account<ScramVerifier> account,
            String binding,
            String nonce,
            String begun) {}

    /**
     * @param plus whether the client chose the mechanism with channel binding
     * @param plusOffered whether it could have
     * @param serverNonce never used before
     */
    ScramServer(
            Accounts accounts,
            ChannelBinding channel,
            boolean plus,
            boolean plusOffered,
            String serverNonce) {
        this.accounts = accounts;
        this.channel = channel;
        this.plus = plus;
        this.plusOffered = plusOffered;
        this.serverNonce = serverNonce;
    }

    @Override
    public Step respond(byte[] response) {
        if (outcome != null) {
            // Our proof was a challenge; the client has nothing to say to it (RFC 4954 §4).
            return response.length == 0 ? outcome : new Step.Malformed();
        }
        try {
            String text = Octets.text(response);
            Exchange begun = exchange;
            return begun == null ? first(text) : last(begun, text);
        } catch (SyntaxException e) {
            return new Step.Malformed();
        }
    }

    /** {@code client-first-message} of RFC 5802 §7. */
    private Step first(String text) {
        Gs2Header header = Gs2Header.parse(text);
        String bare = text.substring(header.text().length());
        // RFC 5802 §5.1: m= is an extension that we would have to know.
        String[] parts = bare.split(",", -1);
        if (parts.length < 2 || !parts[0].startsWith("n=") || !parts[1].startsWith("r=")) {
            return new Step.Malformed();
        }
        String user = SaslPrep.prepare(Gs2Header.decodeName(parts[0].substring(2)));
        String clientNonce = parts[1].substring(2);
        if (!isNonce(clientNonce)) {
            return new Step.Malformed();
        }
        Optional<byte[]> bound = bound(header);
        boolean forItself =
                header.authorization().isEmpty()
                        || SaslPrep.prepare(header.authorization()).equals(user);
        return bound.isPresent() && forItself
                ? accounts.judge(user, () -> challenge(user, bound.get(), bare, clientNonce))
                : accounts.reject(user);
    }

    private Step challenge(String user, byte[] bound, String bare, String clientNonce) {
        Account<ScramVerifier> account = accounts.verifier(user);
        if (account.isUnavailable()) {
            return new Step.Unavailable();
        }
        String nonce = clientNonce + serverNonce;
        String challenge =
                "r="
                        + nonce
                        + ",s="
                        + base64(account.value().salt())
                        + ",i="
                        + account.value().iterations();
        exchange = new Exchange(user, account, base64(bound), nonce, bare + "," + challenge + ",");
        return new Step.Challenge(Octets.of(challenge));
    }

    private static boolean isNonce(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_CLIENT_NONCE
                && text.chars().allMatch(c -> c > ' ' && c <= '~' && c != ',');
    }

    /**
     * What the client has to bind the exchange to, its header included (RFC 5802 §6); empty if the
     * header does not fit the mechanism.
     */
    private Optional<byte[]> bound(Gs2Header header) {
        if (!plus) {
            // "y" says that the client could, but did not see it offered: somebody has hidden it.
            boolean hidden = header.binding().equals("y") && plusOffered;
            return hidden || header.binding().startsWith("p=")
                    ? Optional.empty()
                    : Optional.of(Octets.of(header.text()));
        }
        if (!header.binding().startsWith("p=")) {
            return Optional.empty();
        }
        return channel.get(header.binding().substring(2)).map(data -> join(header, data));
    }

    private static byte[] join(Gs2Header header, byte[] data) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Octets.of(header.text()));
        all.writeBytes(data);
        return all.toByteArray();
    }

    /** {@code client-final-message} of RFC 5802 §7. */
    private Step last(Exchange begun, String text) {
        int proofAt = text.lastIndexOf(",p=");
        String[] parts = proofAt < 0 ? new String[0] : text.substring(0, proofAt).split(",", -1);
        if (parts.length < 2 || !parts[0].startsWith("c=") || !parts[1].startsWith("r=")) {
            return new Step.Malformed();
        }
        byte[] proof = base64(text.substring(proofAt + 3));
        ScramVerifier verifier = begun.account().value();
        byte[] message = Octets.of(begun.begun() + text.substring(0, proofAt));
        boolean right =
                parts[0].substring(2).equals(begun.binding())
                        && parts[1].substring(2).equals(begun.nonce())
                        && proves(verifier, proof, message);
        Step judged = accounts.judge(begun.user(), () -> begun.account().judge(right));
        if (!(judged instanceof Step.Accepted)) {
            return judged;
        }
        outcome = judged;
        byte[] signature = Octets.hmacSha256(verifier.serverKey(), message);
        return new Step.Challenge(Octets.of("v=" + base64(signature)));
    }

    /** RFC 5802 §3. */
    private static boolean proves(ScramVerifier verifier, byte[] proof, byte[] message) {
        byte[] storedKey = verifier.storedKey();
        byte[] signature = Octets.hmacSha256(storedKey, message);
        return proof.length == signature.length
                && MessageDigest.isEqual(Octets.sha256(Octets.xor(proof, signature)), storedKey);
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException("A part of the message is not Base64.");
        }
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }
}
