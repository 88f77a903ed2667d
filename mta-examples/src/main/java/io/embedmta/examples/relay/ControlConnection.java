package io.embedmta.examples.relay;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A connection between the queue command and a relay. Every wait ends after a time, or when the
 * thread is interrupted (I9); a blocking channel of a Unix domain socket knows no time-out. For one
 * thread.
 */
final class ControlConnection implements Closeable {
    /** A request with the longest address that there is needs less. */
    private static final int MAX_REQUEST = 4096;

    private final SocketChannel channel;
    private final Selector selector;
    private final Duration readLimit;
    private final Duration writeLimit;

    /** Takes over the channel, and closes it if this throws. */
    ControlConnection(SocketChannel channel, Duration readLimit, Duration writeLimit)
            throws IOException {
        this.channel = channel;
        this.readLimit = readLimit;
        this.writeLimit = writeLimit;
        try {
            channel.configureBlocking(false);
            this.selector = Selector.open();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads a line of UTF-8, up to its LF. */
    String readRequest() throws IOException {
        ByteBuffer line = ByteBuffer.allocate(MAX_REQUEST);
        while (line.position() == 0 || line.get(line.position() - 1) != '\n') {
            if (!line.hasRemaining()) {
                throw new IOException("a request is no longer than " + MAX_REQUEST + " octets");
            }
            readSome(line);
        }
        return new String(line.array(), 0, line.position() - 1, StandardCharsets.UTF_8);
    }

    void writeRequest(String line) throws IOException {
        writeFully(StandardCharsets.UTF_8.encode(line + "\n"));
    }

    /** Fills the buffer, and flips it. */
    void readFully(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            readSome(target);
        }
        target.flip();
    }

    private void readSome(ByteBuffer target) throws IOException {
        int count = channel.read(target);
        while (count == 0) {
            await(SelectionKey.OP_READ, readLimit);
            count = channel.read(target);
        }
        if (count < 0) {
            throw new EOFException("the other side has closed the connection");
        }
    }

    void writeFully(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            if (channel.write(source) == 0) {
                await(SelectionKey.OP_WRITE, writeLimit);
            }
        }
    }

    private void await(int operation, Duration limit) throws IOException {
        channel.register(selector, operation);
        selector.selectedKeys().clear();
        if (selector.select(limit.toMillis()) == 0) {
            throw Thread.currentThread().isInterrupted()
                    ? new InterruptedIOException("interrupted")
                    : new SocketTimeoutException(
                            "the other side did nothing for " + limit.toSeconds() + " s");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            selector.close();
        }
    }
}
