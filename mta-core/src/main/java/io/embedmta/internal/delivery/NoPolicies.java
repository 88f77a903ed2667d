package io.embedmta.internal.delivery;

import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;

/** Of an agent without a source of such policies. */
final class NoPolicies implements DomainPolicies {
    @Override
    public Answer find(MailDomain domain, Resolver resolver) {
        return Answer.none();
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
