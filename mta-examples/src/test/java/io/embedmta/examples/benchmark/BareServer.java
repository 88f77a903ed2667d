package io.embedmta.examples.benchmark;

import io.embedmta.examples.benchmark.Contender.Running;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The least that can pass for an SMTP server: a thread for each connection, which knows the first
 * octet of a line and whether it is within a message. It parses, checks and keeps nothing.
 */
final class BareServer implements Runnable {
    private static final byte[] GREETING = ascii("220 bare ESMTP\r\n");
    private static final byte[] EHLO = ascii("250-bare\r\n250 PIPELINING\r\n");
    private static final byte[] OK = ascii("250 OK\r\n");
    private static final byte[] GO_ON = ascii("354 Go on\r\n");

    private final Socket socket;
    private final Runnable onMessage;

    private BareServer(Socket socket, Runnable onMessage) {
        this.socket = socket;
        this.onMessage = onMessage;
    }

    static Running start() throws IOException {
        return start(() -> {});
    }

    /**
     * @param onMessage told of each message, on many threads at once, before its 250
     */
    static Running start(Runnable onMessage) throws IOException {
        ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        ExecutorService threads = threads();
        threads.execute(
                () -> {
                    while (true) {
                        try {
                            Socket socket = server.accept();
                            socket.setTcpNoDelay(true);
                            threads.execute(new BareServer(socket, onMessage));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        return new Running() {
            @Override
            public int port() {
                return server.getLocalPort();
            }

            @Override
            public void settle() {}
        };
    }

    /** Virtual where the JVM has them, so that this is the floor on each JVM. */
    private static ExecutorService threads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task);
                        thread.setDaemon(true);
                        return thread;
                    });
        }
    }

    @Override
    public void run() {
        try (socket) {
            converse(socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void converse(InputStream in, OutputStream out) throws IOException {
        out.write(GREETING);
        ByteArrayOutputStream replies = new ByteArrayOutputStream();
        byte[] octets = new byte[8192];
        int first = -1;
        int length = 0;
        boolean inMessage = false;
        int got;
        while ((got = in.read(octets)) >= 0) {
            for (int i = 0; i < got; i++) {
                first = length == 0 ? octets[i] : first;
                length++;
                if (octets[i] != '\n') {
                    continue;
                }
                if (!inMessage) {
                    inMessage = first == 'D';
                    replies.writeBytes(inMessage ? GO_ON : first == 'E' ? EHLO : OK);
                } else if (first == '.' && length == 3) {
                    // A dot, CR and LF: our client stuffs no dots.
                    inMessage = false;
                    onMessage.run();
                    replies.writeBytes(OK);
                }
                length = 0;
            }
            replies.writeTo(out);
            replies.reset();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
