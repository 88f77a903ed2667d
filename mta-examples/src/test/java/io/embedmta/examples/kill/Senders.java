package io.embedmta.examples.kill;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that send letters as fast as they are taken, and write each 250 for one into the ledger.
 * A letter whose reply did not come is not sent again: it may have arrived or not, and once it has,
 * a second copy is the relay's.
 */
final class Senders implements AutoCloseable {
    private static final int CLIENTS = 6;
    private static final int REPLY_MILLIS = 30_000;

    private final Ledger ledger;
    private final AtomicInteger lastLetter = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private volatile CompletableFuture<Integer> port = new CompletableFuture<>();
    private volatile boolean stopped;

    Senders(Ledger ledger) {
        this.ledger = ledger;
        for (int i = 0; i < CLIENTS; i++) {
            threads.execute(this::run);
        }
    }

    /** The relay listens again. */
    void connectTo(int newPort) {
        port.complete(newPort);
    }

    /** The relay is about to be killed: whose connection breaks waits for the next. */
    void expectKill() {
        if (port.isDone()) {
            port = new CompletableFuture<>();
        }
    }

    /** How many letters were begun. */
    int letters() {
        return lastLetter.get();
    }

    private void run() {
        try {
            while (!stopped) {
                int now = port.get();
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), now)) {
                    socket.setSoTimeout(REPLY_MILLIS);
                    socket.setTcpNoDelay(true);
                    converse(socket);
                } catch (IOException e) {
                    // Killed, or about to be.
                }
            }
        } catch (InterruptedException e) {
            // Stopped while it waited.
        } catch (ExecutionException | RuntimeException e) {
            ledger.fault("A sender failed: " + e);
        }
    }

    private void converse(Socket socket) throws IOException, InterruptedException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                new BufferedInputStream(socket.getInputStream()),
                                StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream();
        expect(in, "220");
        say(out, "EHLO client.example");
        expect(in, "250");
        while (!stopped) {
            ledger.awaitRoom();
            Letter letter = Letter.of(ledger.seed(), lastLetter.incrementAndGet());
            say(out, "MAIL FROM:<sender@example.com>");
            expect(in, "250");
            for (String recipient : letter.recipients()) {
                say(out, "RCPT TO:<" + recipient + ">");
                expect(in, "250");
            }
            say(out, "DATA");
            expect(in, "354");
            out.write(stuffed(letter.octets()));
            expect(in, "250");
            ledger.promised(letter);
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void expect(BufferedReader in, String code) throws IOException {
        String line;
        do {
            line = in.readLine();
            if (line == null) {
                throw new EOFException("The relay has closed the connection.");
            }
        } while (line.startsWith("-", 3));
        if (!line.startsWith(code)) {
            ledger.fault("A sender was told " + line);
            throw new IOException(line);
        }
    }

    /** Dot-stuffed, with the final dot (RFC 5321 §4.5.2). */
    private static byte[] stuffed(byte[] letter) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(letter.length + 1024);
        boolean atStart = true;
        for (byte octet : letter) {
            if (atStart && octet == '.') {
                out.write('.');
            }
            out.write(octet);
            atStart = octet == '\n';
        }
        out.writeBytes(".\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /** Ends the letters that are under way, and begins no more. */
    void stop() throws InterruptedException {
        stopped = true;
        threads.shutdown();
        if (!threads.awaitTermination(REPLY_MILLIS, TimeUnit.MILLISECONDS)) {
            ledger.fault("The senders did not stop.");
        }
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
