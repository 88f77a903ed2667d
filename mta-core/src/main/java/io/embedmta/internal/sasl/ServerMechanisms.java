package io.embedmta.internal.sasl;

import io.embedmta.auth.Authenticator;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.internal.sasl.Accounts.KeyDerivation;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The mechanisms that a listener offers, by what its users' authenticator can do. Thread-safe. */
public final class ServerMechanisms {
    private static final String SCRAM_PLUS = "SCRAM-SHA-256-PLUS";
    private static final String SCRAM = "SCRAM-SHA-256";
    private static final int NONCE_OCTETS = 18;

    private final Authenticator authenticator;
    private final KeyDerivation derivation;
    private final String hostname;
    private final Clock clock;
    private final RandomGenerator random;

    ServerMechanisms(
            Authenticator authenticator,
            KeyDerivation derivation,
            String hostname,
            Clock clock,
            RandomGenerator random) {
        this.authenticator = authenticator;
        this.derivation = derivation;
        this.hostname = hostname;
        this.clock = clock;
        this.random = random;
    }

    /** Those for an application's users. */
    public static ServerMechanisms of(Authenticator authenticator, String hostname, Clock clock) {
        return new ServerMechanisms(
                authenticator, ScramVerifier::of, hostname, clock, new SecureRandom());
    }

    /** Their names, the best first. */
    public List<String> names(ChannelBinding channel) {
        List<String> names = new ArrayList<>();
        if (authenticator.verifiers().isPresent()) {
            if (canBind(channel)) {
                names.add(SCRAM_PLUS);
            }
            names.add(SCRAM);
        }
        if (authenticator.passwords().isPresent() || authenticator.verifiers().isPresent()) {
            names.add("PLAIN");
            names.add("LOGIN");
        }
        if (authenticator.tokens().isPresent()) {
            names.add("OAUTHBEARER");
            names.add("XOAUTH2");
        }
        if (authenticator.secrets().isPresent()) {
            names.add("CRAM-MD5");
        }
        return names;
    }

    private static boolean canBind(ChannelBinding channel) {
        return channel.get(ChannelBinding.SERVER_END_POINT).isPresent()
                || channel.get(ChannelBinding.EXPORTER).isPresent();
    }

    /**
     * The mechanism of that name, in any case; empty if it is not offered.
     *
     * @param attempts of the client
     */
    public Optional<ServerMechanism> find(
            String anyCase, ChannelBinding channel, Attempts attempts) {
        String name = anyCase.toUpperCase(Locale.ROOT);
        return names(channel).contains(name)
                ? Optional.of(create(name, channel, attempts))
                : Optional.empty();
    }

    private ServerMechanism create(String name, ChannelBinding channel, Attempts attempts) {
        Accounts accounts = new Accounts(authenticator, derivation, attempts);
        return switch (name) {
            case SCRAM_PLUS -> new ScramServer(accounts, channel, true, true, nonce());
            case SCRAM -> new ScramServer(accounts, channel, false, canBind(channel), nonce());
            case "PLAIN" -> new PlainServer(accounts);
            case "LOGIN" -> new LoginServer(accounts);
            case "OAUTHBEARER" -> new BearerServer(accounts, true);
            case "XOAUTH2" -> new BearerServer(accounts, false);
            case "CRAM-MD5" -> new CramMd5Server(accounts, cramChallenge());
            default -> throw new IllegalArgumentException("No mechanism " + name);
        };
    }

    private String nonce() {
        byte[] octets = new byte[NONCE_OCTETS];
        random.nextBytes(octets);
        return Base64.getEncoder().encodeToString(octets);
    }

    /** RFC 2195 §2: in the form of a Message-ID. */
    private String cramChallenge() {
        return "<"
                + Long.toUnsignedString(random.nextLong())
                + "."
                + clock.instant().getEpochSecond()
                + "@"
                + hostname
                + ">";
    }
}
