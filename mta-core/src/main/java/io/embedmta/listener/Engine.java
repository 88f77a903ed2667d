package io.embedmta.listener;

import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/** What the engine does for a listener. Thread-safe. */
public interface Engine {

    /** Our name in greetings and trace fields. */
    String hostname();

    /** The clock to take every date from. */
    Clock clock();

    /** The filter chain as one filter. It never throws. */
    Filter filter();

    /**
     * Whether mail of such a session is taken for the address: our own domains for anybody, the
     * others where a rule lets the client relay.
     *
     * @return the reply that refuses it; empty if it is taken
     */
    Optional<Reply> refusal(SessionView session, MailAddress recipient);

    /** The address that {@code <Postmaster>} without a domain stands for (RFC 5321 §4.5.1). */
    MailAddress postmaster();

    /**
     * Begins to take in a message.
     *
     * @throws IOException if the queue cannot take one now
     */
    Reception receive() throws IOException;

    /**
     * Runs a task on a thread of its own, which the engine owns.
     *
     * @throws java.util.concurrent.RejectedExecutionException if there is no thread for it, as when
     *     the engine closes
     */
    void fork(String name, Runnable task);
}
