package io.embedmta.dns;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * One question to one server: over UDP, and over TCP when the reply does not fit. Each query has a
 * socket of its own, so that its port is as hard to guess as its identifier (RFC 5452 §9.2).
 */
final class Exchange {
    /** Fits the least MTU of IPv6 without fragments: 1280 less the headers (RFC 9715 §3.2). */
    private static final int UDP_SIZE = 1232;

    private static final int HEADER = 12;

    private final OpenSockets sockets;
    private final InetSocketAddress server;
    private final Deadline deadline;

    Exchange(OpenSockets sockets, InetSocketAddress server, Deadline deadline) {
        this.sockets = sockets;
        this.server = server;
        this.deadline = deadline;
    }

    /**
     * The server's reply, whatever its code.
     *
     * @throws IOException if there is none in time, or none that can be read
     */
    Message ask(Name name, int type, Dnssec dnssec) throws IOException {
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        if (dnssec == Dnssec.JUDGED) {
            query.getHeader().setFlag(Flags.AD); // RFC 6840 §5.7
        } else if (dnssec == Dnssec.SIGNED) {
            query.getHeader().setFlag(Flags.CD); // RFC 6840 §5.9
        }
        Message plain = query.clone();
        query.addRecord(
                new OPTRecord(UDP_SIZE, 0, 0, dnssec == Dnssec.OFF ? 0 : ExtendedFlags.DO),
                Section.ADDITIONAL);
        Message reply = ask(query);
        // RFC 6891 §7: a server that knows no EDNS says FORMERR, and sends no OPT record.
        if (reply.getHeader().getRcode() == Rcode.FORMERR && reply.getOPT() == null) {
            return ask(plain);
        }
        return reply;
    }

    private Message ask(Message query) throws IOException {
        byte[] wire = query.toWire();
        Optional<Message> reply = askByUdp(query, wire);
        // RFC 7766 §5: what was truncated is asked for again over TCP.
        boolean whole = reply.isPresent() && !reply.get().getHeader().getFlag(Flags.TC);
        return whole ? reply.get() : askByTcp(query, wire);
    }

    /** Empty if the server has sent more than it was told that we take (RFC 6891 §6.2.3). */
    private Optional<Message> askByUdp(Message query, byte[] wire) throws IOException {
        DatagramSocket socket = sockets.add(new DatagramSocket());
        try {
            // Connected, it takes datagrams from the server alone, and hears of a closed port.
            socket.connect(server);
            socket.send(new DatagramPacket(wire, wire.length));
            return receive(query, socket);
        } finally {
            sockets.close(socket);
        }
    }

    private Optional<Message> receive(Message query, DatagramSocket socket) throws IOException {
        // One octet more than is allowed, to see when there are more.
        DatagramPacket packet = new DatagramPacket(new byte[UDP_SIZE + 1], UDP_SIZE + 1);
        while (true) {
            packet.setLength(UDP_SIZE + 1);
            socket.setSoTimeout(deadline.millisLeft());
            socket.receive(packet);
            byte[] received = Arrays.copyOf(packet.getData(), packet.getLength());
            // A stray or forged datagram must not end the wait for the true one (RFC 5452 §9.1).
            if (isReplyTo(query, received)) {
                if (received.length > UDP_SIZE) {
                    return Optional.empty();
                }
                Message reply = parse(received);
                if (answersQuestion(query, reply)) {
                    return Optional.of(reply);
                }
            }
        }
    }

    private Message askByTcp(Message query, byte[] wire) throws IOException {
        Socket socket = sockets.add(new Socket());
        try {
            socket.connect(server, deadline.millisLeft());
            // RFC 7766 §8: length and message in one write.
            ByteBuffer framed = ByteBuffer.allocate(wire.length + 2);
            framed.putShort((short) wire.length).put(wire);
            socket.getOutputStream().write(framed.array());
            byte[] received = read(socket, ByteBuffer.wrap(read(socket, 2)).getShort() & 0xffff);
            if (isReplyTo(query, received)) {
                Message reply = parse(received);
                if (answersQuestion(query, reply) && !reply.getHeader().getFlag(Flags.TC)) {
                    return reply;
                }
            }
            throw new IOException("a reply to another question");
        } finally {
            sockets.close(socket);
        }
    }

    /** Reads so many octets by the deadline, however slowly they trickle in. */
    private byte[] read(Socket socket, int count) throws IOException {
        byte[] bytes = new byte[count];
        InputStream in = socket.getInputStream();
        int at = 0;
        while (at < count) {
            socket.setSoTimeout(deadline.millisLeft());
            int got = in.read(bytes, at, count - at);
            if (got < 0) {
                throw new EOFException("connection closed in the middle of a reply");
            }
            at += got;
        }
        return bytes;
    }

    private static boolean isReplyTo(Message query, byte[] reply) {
        if (reply.length < HEADER) {
            return false;
        }
        int id = (reply[0] & 0xff) << 8 | (reply[1] & 0xff);
        boolean isResponse = (reply[2] & 0x80) != 0;
        return id == query.getHeader().getID() && isResponse;
    }

    private static Message parse(byte[] reply) throws IOException {
        try {
            return new Message(reply);
        } catch (RuntimeException e) {
            // dnsjava refuses some malformed records with unchecked exceptions.
            throw new IOException("malformed reply", e);
        }
    }

    private static boolean answersQuestion(Message query, Message reply) {
        if (reply.getHeader().getOpcode() != Opcode.QUERY) {
            return false;
        }
        Record asked = query.getQuestion();
        Record answered = reply.getQuestion();
        if (answered == null) {
            // A server that could not read the query has no question to repeat.
            return reply.getHeader().getRcode() == Rcode.FORMERR;
        }
        return asked.getName().equals(answered.getName())
                && asked.getType() == answered.getType()
                && asked.getDClass() == answered.getDClass();
    }
}
