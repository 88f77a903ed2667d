package io.embedmta.internal.delivery;

import io.embedmta.internal.client.RemoteServer;
import io.embedmta.internal.client.SmtpClient;
import io.embedmta.internal.client.Transmission;
import io.embedmta.internal.delivery.Exchangers.Addresses;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.delivery.Exchangers.Way;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.Recipient;
import io.embedmta.resolver.DnsName;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a message to another server: tries the exchangers in their order, and all addresses of one
 * before the next (RFC 5321 §5.1), until a server answers for the recipients. Thread-safe.
 */
final class RemoteDelivery {
    /**
     * Addresses tried in one attempt, and hosts that have none; the next attempt may shuffle others
     * to the front. A domain may name hundreds of hosts, and each may cost its time-outs (I9).
     */
    private static final int MAX_TRIES = 10;

    /** RFC 7504: this host takes no mail at all. */
    private static final int NO_MAIL_HERE = 521;

    private final Exchangers exchangers;
    private final SmtpClient client;
    private final int port;

    /**
     * @param port of mail exchangers, 25 on the Internet
     */
    RemoteDelivery(Exchangers exchangers, SmtpClient client, int port) {
        this.exchangers = exchangers;
        this.client = client;
        this.port = port;
    }

    /** To the mail exchangers of the recipients' one domain. */
    Map<MailAddress, DeliveryResult> toExchangers(
            MailDomain domain, Envelope envelope, Content content) {
        Way way = exchangers.find(domain);
        if (way instanceof Way.None none) {
            return all(envelope, resultOf(none.reply(), ""));
        }
        return tryAll(((Way.Hosts) way).hosts(), port, envelope, content);
    }

    /** To one host, whatever the domain of a recipient. */
    Map<MailAddress, DeliveryResult> toSmartHost(
            Route.ToSmartHost smartHost, Envelope envelope, Content content) {
        Host host =
                smartHost.host().startsWith("[")
                        ? Host.of(MailDomain.of(smartHost.host()))
                        : Host.of(DnsName.of(smartHost.host()));
        Map<MailAddress, DeliveryResult> results =
                tryAll(List.of(host), smartHost.port(), envelope, content);
        // That the smart host has no address is our administrator's mistake, not the sender's.
        results.replaceAll(
                (address, result) ->
                        result instanceof DeliveryResult.Failed failed
                                        && failed.remoteMta().isEmpty()
                                        && failed.reply().status().subject() == 4
                                ? misconfigured(smartHost, failed.reply().text())
                                : result);
        return results;
    }

    private static DeliveryResult misconfigured(Route.ToSmartHost host, String why) {
        return DeliveryResult.deferred(
                "4.3.5", "The smart host " + host.host() + " cannot be used: " + why);
    }

    private Map<MailAddress, DeliveryResult> tryAll(
            List<Host> hosts, int toPort, Envelope envelope, Content content) {
        Failures failures = new Failures();
        int tried = 0;
        for (Host host : hosts) {
            if (tried == MAX_TRIES) {
                return all(envelope, failures.soFar());
            }
            Addresses found = exchangers.addresses(host);
            if (found instanceof Addresses.None none) {
                failures.add(none.reply(), "");
                tried++;
                continue;
            }
            for (InetAddress address : ((Addresses.Known) found).addresses()) {
                if (tried++ == MAX_TRIES) {
                    return all(envelope, failures.soFar());
                }
                Transmission transmission =
                        client.send(
                                new RemoteServer(host.name(), address, toPort), envelope, content);
                if (transmission instanceof Transmission.Answered answered) {
                    return new LinkedHashMap<>(answered.results());
                }
                Transmission.NoSession noSession = (Transmission.NoSession) transmission;
                failures.add(noSession.reply(), noSession.remoteMta());
            }
        }
        return all(envelope, failures.result());
    }

    /**
     * What the failure of each server comes to together: final only if each one is. A server that
     * greets with 5yz may be ill today, so only 521 and the lack of an address are final (RFC 7504
     * §3).
     */
    private static final class Failures {
        private Reply last = Reply.of(451, "4.4.1", "No mail exchanger could be reached");
        private String lastMta = "";
        private boolean allFinal = true;
        private boolean any;

        void add(Reply reply, String remoteMta) {
            boolean isFinal =
                    reply.isPermanent() && (remoteMta.isEmpty() || reply.code() == NO_MAIL_HERE);
            if (!isFinal || allFinal) {
                last = reply;
                lastMta = remoteMta;
            }
            allFinal = allFinal && isFinal;
            any = true;
        }

        /** There are more servers, so nothing is final yet. */
        DeliveryResult soFar() {
            return new DeliveryResult.Deferred(last, lastMta);
        }

        DeliveryResult result() {
            return any && allFinal ? new DeliveryResult.Failed(last, lastMta) : soFar();
        }
    }

    private static DeliveryResult resultOf(Reply reply, String remoteMta) {
        return reply.isPermanent()
                ? new DeliveryResult.Failed(reply, remoteMta)
                : new DeliveryResult.Deferred(reply, remoteMta);
    }

    static Map<MailAddress, DeliveryResult> all(Envelope envelope, DeliveryResult result) {
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            results.put(recipient.address(), result);
        }
        return results;
    }
}
