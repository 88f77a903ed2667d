package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Sends whatever datagrams the test likes in reply to each query, none included. */
final class FakeNameServer implements AutoCloseable {
    final List<Message> queries = new CopyOnWriteArrayList<>();
    final List<Integer> ports = new CopyOnWriteArrayList<>();
    final CountDownLatch asked = new CountDownLatch(1);

    private final DatagramSocket socket;
    private final Thread thread;
    private final Function<Message, List<byte[]>> replies;

    private FakeNameServer(Function<Message, List<byte[]>> replies) throws IOException {
        this.replies = replies;
        this.socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        this.thread = new Thread(this::serve, "fake name server");
        thread.start();
    }

    static FakeNameServer sending(Function<Message, List<byte[]>> replies) throws IOException {
        return new FakeNameServer(replies);
    }

    static FakeNameServer replying(Function<Message, Message> reply) throws IOException {
        return sending(query -> List.of(reply.apply(query).toWire()));
    }

    static FakeNameServer silent() throws IOException {
        return sending(query -> List.of());
    }

    /** A reply to the query with that code, to add records to. */
    static Message reply(Message query, int rcode) {
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RD);
        reply.getHeader().setFlag(Flags.RA);
        reply.getHeader().setRcode(rcode);
        reply.addRecord(query.getQuestion(), Section.QUESTION);
        return reply;
    }

    /** One line of a master file: owner, TTL, class, type, data. */
    static Record record(String line) {
        String[] parts = line.split(" ", 5);
        try {
            return Record.fromString(
                    Name.fromString(parts[0]),
                    Type.value(parts[3]),
                    DClass.value(parts[2]),
                    Long.parseLong(parts[1]),
                    parts[4],
                    Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        while (true) {
            try {
                packet.setLength(4096);
                socket.receive(packet);
                Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                ports.add(packet.getPort());
                queries.add(query);
                asked.countDown();
                for (byte[] reply : replies.apply(query)) {
                    socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
