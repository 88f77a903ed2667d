package io.embedmta.internal.intake;

import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for aliases that lead back to an address without a mailbox. An alias that names itself to
 * keep a copy is none of them, as long as its address has a mailbox.
 */
public final class AliasLoops {
    private static final Logger LOG = LoggerFactory.getLogger(AliasLoops.class);

    private final RoutingTable table;
    private final Set<MailAddress> done = new HashSet<>();

    private AliasLoops(RoutingTable table) {
        this.table = table;
    }

    /** The way of the first loop, such as {@code a@x.example → b@x.example → a@x.example}. */
    public static Optional<String> in(
            RoutingTable table, Map<MailAddress, Route> aliases, Map<MailDomain, Route> catchAlls) {
        Set<MailAddress> starts = new LinkedHashSet<>(aliases.keySet());
        for (Route catchAll : catchAlls.values()) {
            starts.addAll(((Route.ToAlias) catchAll).targets());
        }
        AliasLoops loops = new AliasLoops(table);
        try {
            for (MailAddress start : starts) {
                Optional<String> loop = loops.follow(start, new ArrayDeque<>());
                if (loop.isPresent()) {
                    return loop;
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("A store cannot say now which mailboxes it has; aliases stay unchecked.", e);
        }
        return Optional.empty();
    }

    private Optional<String> follow(MailAddress address, Deque<MailAddress> path)
            throws IOException {
        if (path.contains(address)) {
            return table.finalRoute(address) instanceof Route.Refused
                    ? Optional.of(words(path, address))
                    : Optional.empty();
        }
        if (done.contains(address) || !(table.route(address) instanceof Route.ToAlias alias)) {
            return Optional.empty();
        }
        path.addLast(address);
        for (MailAddress target : alias.targets()) {
            Optional<String> loop = follow(target, path);
            if (loop.isPresent()) {
                return loop;
            }
        }
        path.removeLast();
        done.add(address);
        return Optional.empty();
    }

    private static String words(Deque<MailAddress> path, MailAddress back) {
        String way =
                path.stream()
                        .dropWhile(address -> !address.equals(back))
                        .map(MailAddress::toString)
                        .collect(Collectors.joining(" → "));
        return way + " → " + back;
    }
}
