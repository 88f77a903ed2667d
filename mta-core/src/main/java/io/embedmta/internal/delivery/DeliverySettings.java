package io.embedmta.internal.delivery;

import io.embedmta.message.MailDomain;
import io.embedmta.queue.RetrySchedule;
import java.net.InetAddress;
import java.util.List;
import javax.net.SocketFactory;

/**
 * How the engine delivers.
 *
 * @param hostname our own name, at which a list of exchangers is cut off
 * @param remotePort of mail exchangers
 * @param maxDeliveries at once in all
 * @param maxPerDestination at once to one destination
 * @param schedule of attempts
 * @param localAddresses to send from; empty if the system is to choose
 * @param sockets makes those that are connected to servers
 */
public record DeliverySettings(
        MailDomain hostname,
        int remotePort,
        int maxDeliveries,
        int maxPerDestination,
        RetrySchedule schedule,
        List<InetAddress> localAddresses,
        SocketFactory sockets) {}
