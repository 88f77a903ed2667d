package io.embedmta.testing;

import io.embedmta.internal.session.SessionScript;
import io.embedmta.smtp.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a {@link FakeMail}: where, how often, and what. It is in force once it is told what to
 * do. The rules are asked in the order in which they were made, and the first that fits acts.
 * Thread-safe.
 *
 * <pre>{@code
 * mail.on(rcpt("bob@*")).times(2).reply(451, "4.3.0", "later");
 * mail.on(data()).stall();
 * }</pre>
 */
public final class FaultRule {
    private final FaultRules rules;
    private final Stage stage;
    private final Clock clock;
    private int left = Integer.MAX_VALUE;
    private boolean optional;
    private double probability = 1;
    private @Nullable Random random;
    private double capacity;
    private Duration refill = Duration.ZERO;
    private double tokens;
    private @Nullable Instant filled;
    private @Nullable Effect effect;
    private int uses;

    FaultRule(FaultRules rules, Stage stage, Clock clock) {
        this.rules = rules;
        this.stage = stage;
        this.clock = clock;
    }

    /**
     * Acts so often, and never again.
     *
     * @param count 1 or more
     */
    public FaultRule times(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Have the rule act once or more often.");
        }
        return set(() -> left = count);
    }

    /** Need not be used: else a test whose rule never acted fails. */
    public FaultRule optional() {
        return set(() -> optional = true);
    }

    /**
     * Acts by chance.
     *
     * @param chance above 0, below 1
     * @param seed of the chance, so that a test can be repeated
     */
    public FaultRule withProbability(double chance, long seed) {
        if (!(chance > 0 && chance < 1)) {
            throw new IllegalArgumentException("Give a probability above 0 and below 1.");
        }
        return set(
                () -> {
                    probability = chance;
                    random = new Random(seed);
                });
    }

    /**
     * Acts on what comes above a rate, by the server's clock: a bucket of so many tokens, of which
     * each event takes one, and which fills up within the time.
     *
     * @param events 1 or more
     * @param within more than zero
     */
    public FaultRule above(int events, Duration within) {
        if (events < 1 || within.isZero() || within.isNegative()) {
            throw new IllegalArgumentException(
                    "Let one event or more pass, within a time above zero.");
        }
        return set(
                () -> {
                    capacity = events;
                    tokens = events;
                    refill = within;
                    filled = clock.instant();
                });
    }

    private FaultRule set(Runnable change) {
        rules.locked(change);
        return this;
    }

    /**
     * Says this. A refusal (4yz, 5yz) is said in place of doing anything; any other reply, in place
     * of the server's own success.
     *
     * @param code 200 to 599
     * @param status of the code's class, such as {@code "4.3.0"}
     */
    public FaultRule reply(int code, String status, String... lines) {
        return does(new Effect.Say(Reply.of(code, status, lines)));
    }

    /** Says {@code 421 4.7.0}, and ends the session, as a server does that limits its clients. */
    public FaultRule tooMany() {
        return reply(421, "4.7.0", "Too many requests, try again later");
    }

    /** Waits before it goes on; in real time, as the client does. */
    public FaultRule delay(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("Give a delay above zero.");
        }
        return does(new Effect.Delay(time));
    }

    /** Says nothing more, until the client gives up or the server is closed. */
    public FaultRule stall() {
        return does(new Effect.Stall());
    }

    /**
     * Lets so many octets pass in a second from here on, both ways together.
     *
     * @param octetsPerSecond 1 or more
     */
    public FaultRule throttle(int octetsPerSecond) {
        if (octetsPerSecond < 1) {
            throw new IllegalArgumentException("Let one octet pass in a second, or more.");
        }
        return does(new Effect.Throttle(octetsPerSecond));
    }

    /** Closes the connection without a word. */
    public FaultRule close() {
        return does(new Effect.Close(false));
    }

    /** Resets the connection (RST). */
    public FaultRule reset() {
        return does(new Effect.Close(true));
    }

    /**
     * Closes the connection once the client has sent so many octets more.
     *
     * @param octets 1 or more
     */
    public FaultRule closeAfter(long octets) {
        if (octets < 1) {
            throw new IllegalArgumentException("Take one octet or more; or close() at once.");
        }
        return does(new Effect.CloseAfter(octets));
    }

    /** Says octets that are no reply, and then nothing more. */
    public FaultRule garbage() {
        return does(new Effect.Garbage());
    }

    /**
     * Says a reply that never ends.
     *
     * @param code 200 to 599
     */
    public FaultRule endless(int code) {
        return does(new Effect.Endless(Reply.plain(code, "and so on").code()));
    }

    /**
     * Keeps extensions back from EHLO, as a server without them or an attacker does.
     *
     * @param extensions such as {@code STARTTLS}
     */
    public FaultRule without(String... extensions) {
        if (!stage.fits(SessionScript.Stage.EHLO, "")) {
            throw new IllegalArgumentException(
                    "Extensions are offered in reply to EHLO: say on(ehlo()).without(…).");
        }
        return does(new Effect.Without(List.of(extensions)));
    }

    /**
     * Shows a certificate that no client should trust: with {@code on(starttls())}, or with {@code
     * on(connect())} over implicit TLS.
     *
     * @param kind the one thing that is wrong with it
     * @throws IllegalStateException if the server has no TLS
     */
    public FaultRule badCertificate(BadCertificate kind) {
        if (!stage.fits(SessionScript.Stage.STARTTLS, "")
                && !stage.fits(SessionScript.Stage.CONNECT, "")) {
            throw new IllegalArgumentException(
                    "Certificates are shown in the handshake: say"
                            + " on(starttls()).badCertificate(…), or on(connect()) with implicit"
                            + " TLS.");
        }
        return does(new Effect.Show(rules.bad(kind)));
    }

    private FaultRule does(Effect newEffect) {
        rules.locked(
                () -> {
                    if (effect != null) {
                        throw new IllegalStateException(
                                "The rule does something already: make one rule for each fault.");
                    }
                    effect = newEffect;
                });
        return this;
    }

    /** How often it has acted. */
    public int uses() {
        return rules.count(() -> uses);
    }

    /** Takes it out of force. It counts as used. */
    public void remove() {
        rules.locked(
                () -> {
                    left = 0;
                    optional = true;
                });
    }

    // Under the lock of the rules.

    boolean acts(SessionScript.Stage at, String path) {
        if (effect == null || left == 0 || !stage.fits(at, path) || passes()) {
            return false;
        }
        left--;
        uses++;
        return true;
    }

    private boolean passes() {
        if (filled != null && takeToken(filled)) {
            return true;
        }
        return random != null && random.nextDouble() >= probability;
    }

    private boolean takeToken(Instant last) {
        Instant now = clock.instant();
        double share = (double) Duration.between(last, now).toNanos() / refill.toNanos();
        tokens = Math.min(capacity, tokens + share * capacity);
        filled = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    boolean isWithoutEffect() {
        return effect == null;
    }

    boolean isUnused() {
        return uses == 0 && !optional;
    }

    Effect effect() {
        if (effect == null) {
            throw new IllegalStateException("A rule without an effect cannot act.");
        }
        return effect;
    }

    @Override
    public String toString() {
        return "on(" + stage + ")";
    }
}
