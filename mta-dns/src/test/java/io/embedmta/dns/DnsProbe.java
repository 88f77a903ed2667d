package io.embedmta.dns;

import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Questions to a name server that may not be there yet. */
final class DnsProbe {
    private DnsProbe() {}

    /** A program on the PATH, or where system programs are. */
    static Optional<Path> executable(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Whether it is the server of that identity that answers there, and for all zones. */
    static boolean answers(InetSocketAddress server, String identity, Collection<String> zones)
            throws IOException {
        Optional<Message> who = ask(server, query("id.server.", Type.TXT, DClass.CH));
        if (who.isEmpty() || !names(who.get(), identity)) {
            return false;
        }
        for (String zone : zones) {
            Optional<Message> soa = ask(server, query(zone + ".", Type.SOA, DClass.IN));
            if (soa.isEmpty() || soa.get().getRcode() != Rcode.NOERROR) {
                return false;
            }
        }
        return true;
    }

    private static boolean names(Message reply, String identity) {
        return reply.getSection(Section.ANSWER).stream()
                .anyMatch(r -> r instanceof TXTRecord t && t.getStrings().contains(identity));
    }

    private static Message query(String name, int type, int dclass) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, dclass));
    }

    /** The reply to a query, by UDP; nothing if there is none soon. */
    static Optional<Message> ask(InetSocketAddress server, Message query) throws IOException {
        byte[] wire = query.toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.setSoTimeout(1000);
            socket.send(new DatagramPacket(wire, wire.length));
            DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
            socket.receive(reply);
            return Optional.of(new Message(Arrays.copyOf(reply.getData(), reply.getLength())));
        } catch (PortUnreachableException | SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    /** Free for TCP and for UDP; a moment ago, that is, for servers cannot be told to choose. */
    static InetSocketAddress freePort() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                DatagramSocket udp =
                        new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()))) {
            return new InetSocketAddress(loopback, udp.getLocalPort());
        }
    }
}
