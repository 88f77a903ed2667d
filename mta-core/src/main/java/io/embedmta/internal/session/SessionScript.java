package io.embedmta.internal.session;

import io.embedmta.filter.SessionView;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Stands between one session and its client, as the fault rules of a fake server do: hears what is
 * said, and may act in the server's place. For the session's thread alone. A method that throws an
 * {@link IOException} ends the session as though the client were gone.
 */
public interface SessionScript {

    /** Stays out of the way. */
    SessionScript NONE = new SessionScript() {};

    /** Makes the script of each session. Thread-safe. */
    @FunctionalInterface
    interface Source {
        /** None for anybody. A class, as the JVM takes its time to make a lambda at the start. */
        Source NONE =
                new Source() {
                    @Override
                    public SessionScript begin(SessionView session) {
                        return SessionScript.NONE;
                    }
                };

        /** A client has connected. */
        SessionScript begin(SessionView session);
    }

    /** Where in a session something happens. */
    enum Stage {
        /** Before the first octet, that of TLS included. */
        CONNECT,
        BANNER,
        EHLO,
        STARTTLS,
        AUTH,
        MAIL,
        RCPT,
        DATA,
        /** The message is there, and nothing was promised. */
        END_OF_DATA,
        /** The message is taken, and the client does not know. */
        ACCEPTED,
        QUIT
    }

    /** The connection, for what no reply can do. For the session's thread alone. */
    interface Wire {
        /** Sends octets behind the replies so far, through TLS if it is on. */
        void write(byte[] octets) throws IOException;

        /** Reads and throws away whatever comes, until the client is gone or the session cut. */
        void awaitEnd() throws IOException;

        /** Closes the connection without a word. */
        void close() throws IOException;

        /** Closes the connection by a reset (RST). */
        void reset() throws IOException;
    }

    /** The session waits for a command; at rest if no transaction is open. */
    default void awaitsCommand(boolean atRest) {}

    /** A line came from the client; without what is secret. */
    default void heard(String line) {}

    /** A reply goes to the client. */
    default void said(Reply reply) {}

    /** TLS is on. */
    default void secured(SessionView session) {}

    /** A message came in, as far as can be told by its octets. */
    default void contentCame(QueueId id, long octets) {}

    /**
     * A stage was reached in good order, and nothing was done about it yet. May wait, or end the
     * session by an exception.
     *
     * @param argument what stands behind the verb; empty if nothing
     * @return what to say: a refusal in place of all else, or other words for the success
     */
    default Optional<Reply> at(Stage stage, String argument, Wire wire) throws IOException {
        return Optional.empty();
    }

    /** What EHLO offers, of what it would offer. */
    default List<String> extensions(List<String> own) {
        return own;
    }

    /** What a handshake shows, in place of the listener's own. */
    default Tls identity(Tls own) {
        return own;
    }

    /** What the session reads from, around the connection; anew once TLS is on. */
    default InputStream input(InputStream from) {
        return from;
    }

    /** What the session writes to, around the connection; anew once TLS is on. */
    default OutputStream output(OutputStream to) {
        return to;
    }

    /** The session is over. */
    default void ended() {}
}
