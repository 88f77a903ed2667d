package io.embedmta.route;

import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.TlsFailure;
import java.util.Optional;

/**
 * What domains demand of connections to their exchangers: MTA-STS (RFC 8461), as in mta-dns.
 * Implementations are thread-safe. The agent closes the one that it was given.
 */
public interface DomainPolicies extends AutoCloseable {

    /**
     * What a domain demands. Asked before each delivery to its exchangers; may block for a limited
     * time. Should it throw, the delivery is deferred.
     *
     * @param resolver the agent's
     */
    Answer find(MailDomain domain, Resolver resolver);

    /** What is known of a domain's policy. Immutable. */
    final class Answer {
        private static final Answer NOTHING =
                new Answer(Optional.empty(), Optional.empty(), Optional.empty());

        private final Optional<StsPolicy> policy;
        private final Optional<TlsFailure> failure;
        private final Optional<String> doubt;

        private Answer(
                Optional<StsPolicy> policy, Optional<TlsFailure> failure, Optional<String> doubt) {
            this.policy = policy;
            this.failure = failure;
            this.doubt = doubt;
        }

        /** The domain has no policy. */
        public static Answer none() {
            return NOTHING;
        }

        /** The domain has this policy. */
        public static Answer of(StsPolicy policy) {
            return new Answer(Optional.of(policy), Optional.empty(), Optional.empty());
        }

        /**
         * The domain has had this policy, which holds still, but may have a newer one, which is not
         * to be had now: mail complies with this, and what this refuses for good is refused for now
         * (RFC 8461 §5.1).
         *
         * @param why in a few words, for a reply: {@code "the look-up of … failed"}
         */
        public static Answer outdated(StsPolicy policy, String why) {
            return new Answer(Optional.of(policy), Optional.empty(), Optional.of(why));
        }

        /**
         * The domain says that it has a policy, but there is none to be had, nor an older one: mail
         * goes out as though there were none (RFC 8461 §3.3), and a report tells of it.
         */
        public static Answer failed(TlsFailure failure) {
            return new Answer(
                    Optional.empty(), Optional.of(failure), Optional.of(failure.detail()));
        }

        /**
         * Nobody knows now whether the domain has a policy, as where its name servers are down, and
         * there is no older one: mail goes out as though there were none, but for mail that must
         * not (RFC 8689), which waits.
         *
         * @param why in a few words, for a reply: {@code "the look-up of … failed"}
         */
        public static Answer unknown(String why) {
            return new Answer(Optional.empty(), Optional.empty(), Optional.of(why));
        }

        /** The policy to comply with. */
        public Optional<StsPolicy> policy() {
            return policy;
        }

        /** Why there is none, if there should be. */
        public Optional<TlsFailure> failure() {
            return failure;
        }

        /**
         * Why another time there may be one, or a newer one, in a few words: it failed, or nobody
         * knows.
         */
        public Optional<String> doubt() {
            return doubt;
        }
    }

    /** Gives back what it holds. Idempotent; questions under way may fail. */
    @Override
    void close();
}
