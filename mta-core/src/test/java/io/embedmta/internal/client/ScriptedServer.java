package io.embedmta.internal.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A server that plays a script on each connection, the first script on the first one and so on. At
 * the end of its script it waits for QUIT or the end of the connection, unless the script hung up.
 * Closing it fails the test if a script did not get what it expected.
 */
final class ScriptedServer implements AutoCloseable {
    /** What the server does on a connection. */
    interface Script {
        void play(Peer client) throws IOException;
    }

    private final ServerSocket listener;
    private final Thread thread;
    private final List<Thread> players = new CopyOnWriteArrayList<>();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    private ScriptedServer(List<Script> scripts) {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(() -> acceptAll(scripts), "scripted-server");
        thread.start();
    }

    static ScriptedServer playing(Script... scripts) {
        return new ScriptedServer(List.of(scripts));
    }

    /** Where it listens, as {@code mx.test}. */
    RemoteServer address() {
        return new RemoteServer("mx.test", listener.getInetAddress(), listener.getLocalPort());
    }

    /** All commands received so far, over all connections. */
    List<String> commands() {
        return commands;
    }

    /** How many connections were made. */
    int connections() {
        return peers.size();
    }

    private void acceptAll(List<Script> scripts) {
        for (Script script : scripts) {
            try {
                Peer peer = new Peer(listener.accept());
                peers.add(peer);
                Thread player = new Thread(() -> play(script, peer), "scripted-connection");
                players.add(player);
                player.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void play(Script script, Peer peer) {
        try {
            script.play(peer);
            peer.finish();
        } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(e);
        } finally {
            peer.hangUp();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            thread.join(30_000);
            // A client that keeps its connection has no more to say.
            peers.forEach(Peer::stopListening);
            for (Thread player : players) {
                player.join(30_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while a script ran.", e);
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("The script did not run as written.", failures.get(0));
        }
    }

    /** The client's end of a connection, as the script sees it. */
    final class Peer {
        private Socket socket;
        private InputStream in;

        private final Socket raw;

        private Peer(Socket socket) throws IOException {
            this.raw = socket;
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            socket.setSoTimeout(20_000);
            // What a script has said is there for the client to see.
            socket.setTcpNoDelay(true);
        }

        /** Greets, and answers EHLO with these extensions. */
        void greet(String... extensions) throws IOException {
            say("220 mx.test ESMTP");
            hello(extensions);
        }

        /** Answers EHLO with these extensions. */
        void hello(String... extensions) throws IOException {
            expect("EHLO client.test");
            StringBuilder reply = new StringBuilder("250-mx.test\r\n");
            for (String extension : extensions) {
                reply.append("250-").append(extension).append("\r\n");
            }
            say(reply + "250 HELP");
        }

        /** Offers STARTTLS beside these extensions, and takes it up to our 220. */
        void offerTls(String... extensions) throws IOException {
            String[] all = Arrays.copyOf(extensions, extensions.length + 1);
            all[extensions.length] = "STARTTLS";
            greet(all);
            answer("STARTTLS", "220 go ahead");
        }

        /** Goes on in TLS, and answers EHLO within with these extensions. */
        void secure(SSLContext tls, String... extensions) throws IOException {
            handshake(tls);
            hello(extensions);
        }

        /** Goes on in TLS, of these versions if any are named. */
        void handshake(SSLContext tls, String... versions) throws IOException {
            SSLSocket layer = layer(tls, true, versions);
            layer.startHandshake();
            socket = layer;
            in = new BufferedInputStream(layer.getInputStream());
        }

        /**
         * Demands a certificate of the client, and says that there is none. The connection stays
         * open, lest its end overtakes the alert.
         */
        void handshakeInVain(SSLContext tls, String version) throws IOException {
            SSLSocket layer = layer(tls, false, version);
            layer.setNeedClientAuth(true);
            try {
                layer.startHandshake();
                throw new AssertionError("The client has a certificate.");
            } catch (SSLException e) {
                // As it should.
            }
        }

        private SSLSocket layer(SSLContext tls, boolean autoClose, String... versions)
                throws IOException {
            SSLSocket layer =
                    (SSLSocket)
                            tls.getSocketFactory()
                                    .createSocket(socket, null, socket.getPort(), autoClose);
            layer.setUseClientMode(false);
            if (versions.length > 0) {
                layer.setEnabledProtocols(versions);
            }
            return layer;
        }

        /** The session as the server's end sees it. */
        SSLSession session() {
            return ((SSLSocket) socket).getSession();
        }

        /** Reads a command that begins so, and answers it. */
        void answer(String expected, String reply) throws IOException {
            expect(expected);
            say(reply);
        }

        /** Reads a command that begins so. */
        String expect(String expected) throws IOException {
            String line = line();
            if (!line.startsWith(expected)) {
                throw new AssertionError("expected " + expected + ", got " + line);
            }
            return line;
        }

        void say(String reply) throws IOException {
            write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** Writes beneath TLS. */
        void writeRaw(byte[] bytes) throws IOException {
            raw.getOutputStream().write(bytes);
        }

        /** Reads a message up to its lone dot; still dot-stuffed, without the dot. */
        String data() throws IOException {
            StringBuilder message = new StringBuilder();
            for (String line = raw(); !line.equals("."); line = raw()) {
                message.append(line).append("\r\n");
            }
            return message.toString();
        }

        /** Takes a sender and one recipient, and asks for the message. */
        void takeEnvelope() throws IOException {
            answer("MAIL FROM:", "250 2.1.0 ok");
            answer("RCPT TO:", "250 2.1.5 ok");
            answer("DATA", "354 go on");
        }

        /** Takes a whole transaction for one recipient, up to the 250. */
        String takeMessage() throws IOException {
            takeEnvelope();
            String message = data();
            say("250 2.0.0 taken");
            return message;
        }

        String clientAddress() {
            return socket.getInetAddress().getHostAddress();
        }

        String line() throws IOException {
            String line = raw();
            commands.add(line);
            return line;
        }

        /** Reads this many octets, whatever they are. */
        void skip(int octets) throws IOException {
            in.skipNBytes(octets);
        }

        /** Whether octets are there to be read. */
        boolean hasMore() throws IOException {
            return in.available() > 0;
        }

        /** Reads until the client is gone; what came. */
        String untilEnd() throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                in.transferTo(all);
            } catch (SocketException e) {
                // The client hung up with something unread: the end all the same.
            }
            return all.toString(StandardCharsets.ISO_8859_1);
        }

        private String raw() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                if (octet < 0) {
                    throw new IOException("the client hung up after \"" + line + "\"");
                }
                line.write(octet);
            }
            String text = line.toString(StandardCharsets.UTF_8);
            if (!text.endsWith("\r")) {
                throw new AssertionError("a line without CR: " + text);
            }
            return text.substring(0, text.length() - 1);
        }

        void hangUp() {
            try {
                raw.close();
            } catch (IOException e) {
                // Gone.
            }
        }

        private void stopListening() {
            try {
                raw.shutdownInput();
            } catch (IOException e) {
                // Closed already.
            }
        }

        private void finish() throws IOException {
            if (raw.isClosed()) {
                return;
            }
            String rest = untilQuit();
            if (!rest.isEmpty() && !rest.equals("QUIT")) {
                throw new AssertionError("after the end of the script came " + rest);
            }
        }

        private String untilQuit() throws IOException {
            in.mark(1);
            try {
                if (in.read() < 0) {
                    return "";
                }
            } catch (SocketException e) {
                return "";
            }
            in.reset();
            String line = line();
            if (line.equals("QUIT")) {
                say("221 bye");
            }
            return line;
        }
    }
}
