package io.embedmta.testing;

import io.embedmta.filter.SessionView;
import io.embedmta.internal.session.SessionScript;
import io.embedmta.internal.session.SmtpServer;
import io.embedmta.listener.Engine;
import io.embedmta.listener.Listener;
import io.embedmta.listener.SmtpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The listener of production on a port of loopback, each session with a script of its own. */
final class FakeListener implements Listener, SessionScript.Source {
    private static final int BACKLOG = 1024;
    private static final byte[] ADDRESS = {127, 0, 0, 1};

    private final SmtpListener settings;
    private final int port;
    private final Mailroom room;
    private final FaultRules rules;

    FakeListener(SmtpListener settings, int port, Mailroom room, FaultRules rules) {
        this.settings = settings;
        this.port = port;
        this.room = room;
        this.rules = rules;
    }

    @Override
    public SessionScript begin(SessionView session) {
        return new FakeSession(session, room, rules);
    }

    @Override
    public RunningListener start(Engine engine) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(ADDRESS), port), BACKLOG);
            return SmtpServer.start(settings, engine, socket, this);
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "FakeMail cannot listen on port "
                            + port
                            + " of 127.0.0.1: "
                            + e.getMessage()
                            + ". Leave the port out, and it takes a free one.",
                    e);
        }
    }
}
