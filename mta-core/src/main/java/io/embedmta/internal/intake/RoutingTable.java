package io.embedmta.internal.intake;

import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The router that a builder makes: aliases first, then a rule for the address, then one for its
 * domain, then the default. Immutable.
 *
 * @param aliases by address; each value is an alias
 * @param catchAlls by domain: the alias of an address there that nothing else knows
 * @param addresses rules for one address
 * @param domains rules for a domain
 * @param others the way of all other domains
 * @param detailSeparator what begins a subaddress (RFC 5233), such as {@code '+'}
 */
public record RoutingTable(
        Map<MailAddress, Route> aliases,
        Map<MailDomain, Route> catchAlls,
        Map<MailAddress, Route> addresses,
        Map<MailDomain, Route> domains,
        Route others,
        char detailSeparator)
        implements Router {
    private static final Route NO_MAILBOX =
            new Route.Refused(Reply.of(550, "5.1.1", "There is no such mailbox here"));

    /** Copies the maps. */
    public RoutingTable {
        aliases = Map.copyOf(aliases);
        catchAlls = Map.copyOf(catchAlls);
        addresses = Map.copyOf(addresses);
        domains = Map.copyOf(domains);
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
        return isAliasDomain(recipient.mailDomain()) ? NO_MAILBOX : others;
    }

    /** The rule for the address, or else for the address without its subaddress. */
    private @Nullable Route byAddress(Map<MailAddress, Route> rules, MailAddress address) {
        if (rules.isEmpty()) {
            return null;
        }
        Route exact = rules.get(address);
        return exact != null ? exact : rules.get(address.withoutDetail(detailSeparator));
    }

    /** A domain that has nothing but aliases is ours too: what they do not name is unknown. */
    private boolean isAliasDomain(MailDomain domain) {
        return catchAlls.containsKey(domain)
                || aliases.keySet().stream().anyMatch(alias -> alias.mailDomain().equals(domain));
    }
}
