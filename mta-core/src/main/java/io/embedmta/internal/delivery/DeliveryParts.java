package io.embedmta.internal.delivery;

import io.embedmta.event.MtaEvent;
import io.embedmta.internal.intake.Addressing;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.resolver.JvmResolver;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a deliverer is made of, when there is something to deliver: until then it would be a good
 * part of a start. The parts stay their owners' to close.
 *
 * @param resolver null for addresses as the JVM finds them, and nothing else
 * @param policies null if no domain has any
 * @param tlsa null if the resolver finds the records
 * @param verifiers null for those of the JDK
 * @param random thread-safe
 * @param events returns at once and never throws; told after what it tells of is recorded
 * @param outcomes as {@code events}
 */
public record DeliveryParts(
        DeliverySettings settings,
        @Nullable Resolver resolver,
        @Nullable DomainPolicies policies,
        @Nullable TlsaSource tlsa,
        @Nullable Verifiers verifiers,
        Addressing addressing,
        Enqueuer enqueuer,
        Clock clock,
        RandomGenerator random,
        Consumer<MtaEvent> events,
        Consumer<FinalOutcome> outcomes) {

    Resolver lookUps() {
        return resolver != null ? resolver : new JvmResolver();
    }

    SecurityPolicy security() {
        return new SecurityPolicy(
                lookUps(),
                policies != null ? policies : new NoPolicies(),
                tlsa != null ? tlsa : TlsaSource.of(lookUps()),
                verifiers != null ? verifiers : Verifiers.byTrustAnchors());
    }
}
