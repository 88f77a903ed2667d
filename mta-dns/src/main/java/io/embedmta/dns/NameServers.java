package io.embedmta.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Asks the servers in turn until one gives an answer: a reply that says what there is, or that
 * there is nothing. It begins with the server that answered last, so that a dead one costs its
 * time-out once. A server that said it cannot help is not asked a second time; one that said
 * nothing is.
 */
final class NameServers implements Questions {
    /** As many as the C library takes out of resolv.conf. */
    static final int MAX_SERVERS = 3;

    private static final Logger log = LoggerFactory.getLogger(NameServers.class);

    private final Supplier<List<InetSocketAddress>> servers;
    private final Duration timeout;
    private final int tries;
    private final Dnssec dnssec;
    private final OpenSockets sockets;
    private final AtomicReference<InetSocketAddress> lastGood = new AtomicReference<>();

    NameServers(DnsSettings settings, OpenSockets sockets) {
        this.servers = settings.servers();
        this.timeout = settings.timeout();
        this.tries = settings.tries();
        this.dnssec = settings.dnssec();
        this.sockets = sockets;
    }

    @Override
    public Message ask(Name name, int type, Deadline deadline) throws IOException {
        List<InetSocketAddress> candidates = inOrder();
        IOException failure = new SocketTimeoutException("timed out");
        for (int round = 0; round < tries; round++) {
            for (InetSocketAddress server : List.copyOf(candidates)) {
                if (deadline.passed()) {
                    throw failure;
                }
                try {
                    Exchange exchange = new Exchange(sockets, server, deadline.within(timeout));
                    Message reply = exchange.ask(name, type, dnssec);
                    String refusal = refusal(reply);
                    if (refusal.isEmpty()) {
                        lastGood.set(server);
                        return reply;
                    }
                    candidates.remove(server);
                    failure = new IOException("the name server said " + refusal);
                } catch (SocketTimeoutException e) {
                    failure = new SocketTimeoutException("the name server did not answer in time");
                } catch (IOException e) {
                    failure = new IOException("no answer from the name server", e);
                }
                if (sockets.isClosed()) {
                    throw new IOException("the resolver is closed");
                }
                log.debug("{} {} at {}", Type.string(type), name, server, failure);
            }
        }
        throw failure;
    }

    private List<InetSocketAddress> inOrder() {
        List<InetSocketAddress> all = servers.get();
        List<InetSocketAddress> order = new ArrayList<>(all.subList(0, limit(all)));
        InetSocketAddress first = lastGood.get();
        if (order.remove(first)) {
            order.add(0, first);
        }
        return order;
    }

    private static int limit(List<InetSocketAddress> servers) {
        return Math.min(MAX_SERVERS, servers.size());
    }

    /** Why the reply is no answer; empty if it is one. */
    private static String refusal(Message reply) {
        int code = reply.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            return Rcode.string(code);
        }
        return code == Rcode.NOERROR && isReferral(reply) ? "to ask another" : "";
    }

    /** RFC 2308 §2.2: name servers, but no answer and no SOA, is a referral and not "no data". */
    private static boolean isReferral(Message reply) {
        return reply.getSection(Section.ANSWER).isEmpty()
                && !reply.getHeader().getFlag(Flags.AA)
                && has(reply, Type.NS)
                && !has(reply, Type.SOA);
    }

    private static boolean has(Message reply, int type) {
        for (Record record : reply.getSection(Section.AUTHORITY)) {
            if (record.getType() == type) {
                return true;
            }
        }
        return false;
    }
}
