package io.embedmta.dns;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sockets of look-ups under way, so that closing the resolver ends them at once. */
final class OpenSockets implements Closeable {
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Remembers a socket until it is closed here.
     *
     * @throws SocketException if no more are to be opened; the socket is closed then
     */
    <S extends Closeable> S add(S socket) throws IOException {
        open.add(socket);
        // After the add: close() either finds the socket there, or has set the flag by now.
        if (closed) {
            close(socket);
            throw new SocketException("the resolver is closed");
        }
        return socket;
    }

    void close(Closeable socket) throws IOException {
        open.remove(socket);
        socket.close();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (Closeable socket : open) {
            close(socket);
        }
    }
}
