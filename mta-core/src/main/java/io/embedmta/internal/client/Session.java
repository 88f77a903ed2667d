package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import java.time.Instant;

/**
 * A connection on which the server has greeted us and we have said who we are. For one thread at a
 * time.
 */
final class Session {
    private final Connection connection;
    private final Capabilities capabilities;
    private final ClientTimeouts timeouts;
    private int transactions;
    private int recipientLimit = Integer.MAX_VALUE;
    private Instant idleSince = Instant.MIN;

    private Session(Connection connection, Capabilities capabilities, ClientTimeouts timeouts) {
        this.connection = connection;
        this.capabilities = capabilities;
        this.timeouts = timeouts;
    }

    /**
     * Greets the server over a connection that was just made.
     *
     * @throws SessionEndedException if it does not take us, or does not answer; the connection is
     *     to be closed then
     */
    static Session open(Connection connection, String heloName, ClientTimeouts timeouts)
            throws SessionEndedException {
        Reply greeting = connection.reply("our connection", timeouts.greeting());
        if (greeting.code() != 220) {
            throw refused(connection, "our connection", greeting, timeouts);
        }
        Reply ehlo = connection.command("EHLO " + heloName, timeouts.command());
        if (ehlo.isPositive()) {
            return new Session(connection, Capabilities.of(ehlo), timeouts);
        }
        if (!ehlo.isPermanent()) {
            throw refused(connection, "EHLO", ehlo, timeouts);
        }
        // RFC 5321 §3.2: a server that does not know EHLO is asked with HELO.
        Reply helo = connection.command("HELO " + heloName, timeouts.command());
        if (!helo.isPositive()) {
            throw refused(connection, "HELO", helo, timeouts);
        }
        return new Session(connection, Capabilities.NONE, timeouts);
    }

    private static SessionEndedException refused(
            Connection connection, String what, Reply reply, ClientTimeouts timeouts)
            throws SessionEndedException {
        if (reply.isPositive() || reply.isIntermediate()) {
            return connection.outOfPlace(what, reply);
        }
        // RFC 5321 §3.1: a server that says 554 waits for QUIT.
        try {
            connection.command("QUIT", timeouts.quit());
        } catch (SessionEndedException e) {
            // What it has said before counts.
        }
        return SessionEndedException.bySaying(reply, connection.server());
    }

    Connection connection() {
        return connection;
    }

    RemoteServer server() {
        return connection.server();
    }

    Capabilities capabilities() {
        return capabilities;
    }

    ClientTimeouts timeouts() {
        return timeouts;
    }

    /** How many transactions were begun. */
    int transactions() {
        return transactions;
    }

    void countTransaction() {
        transactions++;
    }

    /** How many recipients the server takes in a transaction, as far as it has shown. */
    int recipientLimit() {
        return recipientLimit;
    }

    void learnRecipientLimit(int limit) {
        recipientLimit = limit;
    }

    Instant idleSince() {
        return idleSince;
    }

    void restFrom(Instant now) {
        idleSince = now;
    }

    /** Makes sure that no transaction is open, or hangs up. */
    void reset() {
        try {
            Reply reply = connection.command("RSET", timeouts.command());
            if (!reply.isPositive()) {
                connection.close();
            }
        } catch (SessionEndedException e) {
            connection.close();
        }
    }
}
