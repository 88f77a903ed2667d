package io.embedmta;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A mail exchanger of others. It takes everything and remembers it, but for the commands that a
 * test has it answer otherwise. A reply of {@code ""} hangs up.
 */
final class FakeExchanger implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<String> inPlainText = new CopyOnWriteArrayList<>();
    private final List<byte[]> messages = new CopyOnWriteArrayList<>();
    private final Semaphore accepted = new Semaphore(0);
    private volatile String greeting = "220 mx ESMTP";
    private volatile String extensions = "250-PIPELINING\r\n250-8BITMIME\r\n";
    private volatile @Nullable SSLContext tls;
    private volatile boolean tlsFromStart;
    private volatile boolean garbled;
    private volatile Function<String, Optional<String>> replies = command -> Optional.empty();

    private FakeExchanger(ServerSocket listener) {
        this.listener = listener;
        start(this::acceptAll);
    }

    /** On 127.0.0.1, with a port that is free on its siblings' addresses too. */
    static FakeExchanger start() {
        for (int attempt = 0; ; attempt++) {
            ServerSocket listener = bind("127.0.0.1", 0);
            try {
                for (String sibling : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4")) {
                    bind(sibling, listener.getLocalPort()).close();
                }
                return new FakeExchanger(listener);
            } catch (IOException | UncheckedIOException e) {
                closeQuietly(listener);
                if (attempt == 100) {
                    throw new AssertionError("No port is free on four addresses.", e);
                }
            }
        }
    }

    private static ServerSocket bind(String address, int port) {
        try {
            return new ServerSocket(port, 500, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On another of 127.0.0.2 to 127.0.0.4, with the port of this one, as exchangers have. */
    FakeExchanger sibling(String address) {
        return new FakeExchanger(bind(address, port()));
    }

    FakeExchanger greeting(String line) {
        greeting = line;
        return this;
    }

    /** Takes connections and never says a word. */
    FakeExchanger silent() {
        return greeting("");
    }

    FakeExchanger offering(String... keywords) {
        StringBuilder lines = new StringBuilder();
        for (String keyword : keywords) {
            lines.append("250-").append(keyword).append("\r\n");
        }
        extensions = lines.toString();
        return this;
    }

    /** Offers STARTTLS. */
    FakeExchanger tls(SSLContext context) {
        tls = context;
        return this;
    }

    /** Begins with TLS. */
    FakeExchanger implicitTls(SSLContext context) {
        tls = context;
        tlsFromStart = true;
        return this;
    }

    /** Offers STARTTLS, and then speaks no TLS. */
    FakeExchanger garbledTls(SSLContext context) {
        tls = context;
        garbled = true;
        return this;
    }

    FakeExchanger answering(String command, String reply) {
        replies = given -> given.startsWith(command) ? Optional.of(reply) : Optional.empty();
        return this;
    }

    FakeExchanger answering(Function<String, Optional<String>> answers) {
        replies = answers;
        return this;
    }

    int port() {
        return listener.getLocalPort();
    }

    List<String> commands() {
        return commands;
    }

    /** Those that anybody on the way could read. */
    List<String> commandsInPlainText() {
        return inPlainText;
    }

    List<String> commands(String verb) {
        return commands.stream().filter(command -> command.startsWith(verb)).toList();
    }

    List<byte[]> messages() {
        return messages;
    }

    void awaitConnections(int count) throws InterruptedException {
        if (!accepted.tryAcquire(count, 30, TimeUnit.SECONDS)) {
            throw new AssertionError("There are no " + count + " connections.");
        }
    }

    int connections() {
        return clients.size();
    }

    List<String> clientAddresses() {
        return clients.stream().map(each -> each.getInetAddress().getHostAddress()).toList();
    }

    private void start(Runnable task) {
        Thread thread = new Thread(task, "fake-exchanger");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = listener.accept();
                clients.add(client);
                accepted.release();
                start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            if (greeting.isEmpty()) {
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
                return;
            }
            Socket socket = tlsFromStart ? secure(client) : client;
            say(socket.getOutputStream(), greeting);
            boolean goesOn = true;
            while (goesOn) {
                goesOn = converse(socket);
                if (goesOn) {
                    socket = secure(client);
                }
            }
        } catch (IOException e) {
            // The client or the test has gone.
        }
    }

    private Socket secure(Socket client) throws IOException {
        SSLContext context = Objects.requireNonNull(tls);
        if (garbled) {
            client.getInputStream().read();
            say(client.getOutputStream(), "this is no TLS, and none will come of it");
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
        SSLSocket layer =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(client, null, client.getPort(), true);
        layer.setUseClientMode(false);
        layer.startHandshake();
        return layer;
    }

    /** Returns true after STARTTLS, and false at the end. */
    private boolean converse(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        boolean secured = socket instanceof SSLSocket;
        while (true) {
            String command = line(in);
            if (!secured) {
                inPlainText.add(command);
            }
            boolean startsTls = command.equals("STARTTLS") && replies.apply(command).isEmpty();
            if (startsTls && tls != null && !secured) {
                commands.add(command);
                say(out, "220 go ahead");
                return true;
            }
            if (!answer(command, secured, in, out)) {
                return false;
            }
        }
    }

    private boolean answer(String command, boolean secured, InputStream in, OutputStream out)
            throws IOException {
        if (command.isEmpty()) {
            return false;
        }
        commands.add(command);
        String reply = replies.apply(command).orElseGet(() -> usual(command, secured));
        if (reply.isEmpty()) {
            return false;
        }
        say(out, reply);
        if (command.equals("DATA") && reply.startsWith("354")) {
            messages.add(data(in));
            say(out, replies.apply(".").orElse("250 2.0.0 taken"));
        }
        return !command.equals("QUIT");
    }

    private String usual(String command, boolean secured) {
        if (command.startsWith("EHLO")) {
            String startTls = tls != null && !secured ? "250-STARTTLS\r\n" : "";
            return "250-mx\r\n" + extensions + startTls + "250 HELP";
        }
        return switch (command) {
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 2.0.0 ok";
        };
    }

    private static void say(OutputStream out, String reply) throws IOException {
        out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String line(InputStream in) throws IOException {
        return new String(octets(in), StandardCharsets.UTF_8).strip();
    }

    private static byte[] octets(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet >= 0) {
            line.write(octet);
            if (octet == '\n') {
                break;
            }
            octet = in.read();
        }
        return line.toByteArray();
    }

    /** The message, with its dots unstuffed. */
    private static byte[] data(InputStream in) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            byte[] line = octets(in);
            if (line.length == 0) {
                throw new IOException("The client hung up within a message.");
            }
            if (line.length == 3 && line[0] == '.') {
                return message.toByteArray();
            }
            int from = line[0] == '.' ? 1 : 0;
            message.write(line, from, line.length - from);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket client : clients) {
                client.close();
            }
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
