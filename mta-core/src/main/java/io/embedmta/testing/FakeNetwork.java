package io.embedmta.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;

/**
 * Sockets of a relay whose way leads to fake exchangers, whatever address they seem to have, and
 * nowhere else: no test sends mail into the world by accident. Thread-safe.
 */
final class FakeNetwork extends SocketFactory {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<InetAddress, InetSocketAddress> hosts = new HashMap<>();
    private final Set<InetAddress> down = new HashSet<>();
    private final Set<RoutedSocket> open = new HashSet<>();

    void add(InetAddress address, InetSocketAddress host) {
        lock.lock();
        try {
            hosts.put(address, host);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses connections to a host, and cuts those there are. */
    void down(InetAddress address) throws IOException {
        List<RoutedSocket> cut = new ArrayList<>();
        lock.lock();
        try {
            down.add(address);
            for (RoutedSocket socket : open) {
                if (address.equals(socket.to)) {
                    cut.add(socket);
                }
            }
        } finally {
            lock.unlock();
        }
        for (RoutedSocket socket : cut) {
            socket.close();
        }
    }

    void up(InetAddress address) {
        lock.lock();
        try {
            down.remove(address);
        } finally {
            lock.unlock();
        }
    }

    private InetSocketAddress way(InetAddress to) throws ConnectException {
        InetSocketAddress host = hosts.get(to);
        if (host == null || down.contains(to)) {
            throw new ConnectException("Connection refused");
        }
        return host;
    }

    @Override
    public Socket createSocket() {
        return new RoutedSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int own)
            throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int own)
            throws IOException {
        return createSocket(host, port);
    }

    private Socket createSocket(InetSocketAddress to) throws IOException {
        Socket socket = new RoutedSocket();
        socket.connect(to);
        return socket;
    }

    private final class RoutedSocket extends Socket {
        private volatile InetAddress to = InetAddress.getLoopbackAddress();

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetSocketAddress wanted = (InetSocketAddress) endpoint;
            InetSocketAddress host;
            lock.lock();
            try {
                host = way(wanted.getAddress());
                to = wanted.getAddress();
                open.removeIf(Socket::isClosed);
                open.add(this);
            } finally {
                lock.unlock();
            }
            super.connect(host, timeout);
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }
    }
}
