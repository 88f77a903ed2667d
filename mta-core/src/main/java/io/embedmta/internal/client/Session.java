package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity;
import java.time.Instant;

/**
 * A connection on which the server has greeted us and we have said who we are. For one thread at a
 * time.
 */
final class Session {
    private final Connection connection;
    private final Approach approach;
    private final HopSecurity security;
    private final Capabilities capabilities;
    private final ClientTimeouts timeouts;
    private int transactions;
    private int recipientLimit = Integer.MAX_VALUE;
    private Instant idleSince = Instant.MIN;

    Session(
            Connection connection,
            Approach approach,
            Capabilities capabilities,
            HopSecurity security,
            ClientTimeouts timeouts) {
        this.connection = connection;
        this.approach = approach;
        this.security = security;
        this.capabilities = capabilities;
        this.timeouts = timeouts;
    }

    Connection connection() {
        return connection;
    }

    RemoteServer server() {
        return connection.server();
    }

    /** What the connection was made for; a message that demands another takes another. */
    Approach approach() {
        return approach;
    }

    /** What the connection has become. */
    HopSecurity security() {
        return security;
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
