package io.embedmta.internal.intake;

import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The router that a builder makes: aliases first, then a rule for the address, then one for its
 * domain, then the default. Immutable.
 *
 * <p>Rules for an address hold for it in upper and lower case alike: its domain is ours, so the
 * meaning of the local part is ours too, and RFC 5321 §2.4 discourages telling cases apart.
 */
public final class RoutingTable implements Router {
    private static final Route NO_MAILBOX =
            new Route.Refused(Reply.of(550, "5.1.1", "There is no such mailbox here"));

    private final Map<MailAddress, Route> aliases;
    private final Map<MailDomain, Route> catchAlls;
    private final Map<MailAddress, Route> addresses;
    private final Map<MailDomain, Route> domains;
    private final Set<MailDomain> aliasDomains;
    private final Route others;
    private final char detailSeparator;

    /**
     * @param aliases by {@linkplain #folded folded} address; each value is an alias
     * @param catchAlls by domain: the alias of an address there that nothing else knows
     * @param addresses rules for one address, folded
     * @param domains rules for a domain
     * @param relayDomains domains that others host: an alias in one does not make it ours
     * @param others the way of all other domains
     * @param detailSeparator what begins a subaddress (RFC 5233), such as {@code '+'}
     */
    public RoutingTable(
            Map<MailAddress, Route> aliases,
            Map<MailDomain, Route> catchAlls,
            Map<MailAddress, Route> addresses,
            Map<MailDomain, Route> domains,
            Set<MailDomain> relayDomains,
            Route others,
            char detailSeparator) {
        this.aliases = Map.copyOf(aliases);
        this.catchAlls = Map.copyOf(catchAlls);
        this.addresses = Map.copyOf(addresses);
        this.domains = Map.copyOf(domains);
        this.others = others;
        this.detailSeparator = detailSeparator;
        Set<MailDomain> named = new HashSet<>(catchAlls.keySet());
        for (MailAddress alias : aliases.keySet()) {
            named.add(alias.mailDomain());
        }
        named.removeAll(relayDomains);
        this.aliasDomains = Set.copyOf(named);
    }

    /** The key of a rule for an address: in lower case. */
    public static MailAddress folded(String address) {
        return folded(MailAddress.of(address));
    }

    private static MailAddress folded(MailAddress address) {
        String local = address.localPart();
        String lower = local.toLowerCase(Locale.ROOT);
        if (lower.equals(local)) {
            return address;
        }
        try {
            return MailAddress.of(lower, address.mailDomain());
        } catch (SyntaxException e) {
            // A few letters are two in lower case, and no rule is for what is too long then.
            return address;
        }
    }

    @Override
    public Route route(MailAddress recipient) throws IOException {
        Route alias = byAddress(aliases, recipient);
        if (alias != null) {
            return alias;
        }
        Route route = finalRoute(recipient);
        Route catchAll = catchAlls.get(recipient.mailDomain());
        return catchAll != null && route == NO_MAILBOX ? catchAll : route;
    }

    @Override
    public Route finalRoute(MailAddress recipient) throws IOException {
        Route ruled = byAddress(addresses, recipient);
        if (ruled != null) {
            return ruled;
        }
        Route route = domains.get(recipient.mailDomain());
        if (route instanceof Route.ToStore toStore) {
            return toStore.store().accepts(recipient) ? toStore : NO_MAILBOX;
        }
        if (route != null) {
            return route;
        }
        // A domain that has nothing but aliases is ours too: what they do not name is unknown.
        return aliasDomains.contains(recipient.mailDomain()) ? NO_MAILBOX : others;
    }

    /** The rule for the address, or else for the address without its subaddress. */
    private @Nullable Route byAddress(Map<MailAddress, Route> rules, MailAddress address) {
        if (rules.isEmpty()) {
            return null;
        }
        MailAddress plain = folded(address);
        Route exact = rules.get(plain);
        return exact != null ? exact : rules.get(plain.withoutDetail(detailSeparator));
    }
}
