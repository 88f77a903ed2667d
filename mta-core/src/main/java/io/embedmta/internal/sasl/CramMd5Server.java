package io.embedmta.internal.sasl;

import io.embedmta.auth.SaslPrep;
import io.embedmta.internal.sasl.Accounts.Account;
import io.embedmta.smtp.SyntaxException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** CRAM-MD5 (RFC 2195). */
final class CramMd5Server implements ServerMechanism {
    private final Accounts accounts;
    private final byte[] challenge;

    /**
     * @param challenge never used before, in the form of a Message-ID
     */
    CramMd5Server(Accounts accounts, String challenge) {
        this.accounts = accounts;
        this.challenge = Octets.of(challenge);
    }

    @Override
    public boolean clientSpeaksFirst() {
        return false;
    }

    @Override
    public Step begin() {
        return new Step.Challenge(challenge);
    }

    @Override
    public Step respond(byte[] response) {
        String text;
        String user;
        try {
            text = Octets.text(response);
            int space = text.lastIndexOf(' ');
            if (space <= 0) {
                return new Step.Malformed();
            }
            user = SaslPrep.prepare(text.substring(0, space));
        } catch (SyntaxException e) {
            return new Step.Malformed();
        }
        String digest = text.substring(text.lastIndexOf(' ') + 1);
        return accounts.judge(user, () -> check(user, digest));
    }

    private Step check(String user, String givenDigest) {
        Account<String> account = accounts.secret(user);
        byte[] digest = Octets.hmac("HmacMD5", Octets.of(account.value()), challenge);
        byte[] expected = Octets.of(HexFormat.of().formatHex(digest));
        byte[] given = Octets.of(givenDigest);
        return account.judge(MessageDigest.isEqual(expected, given));
    }
}
