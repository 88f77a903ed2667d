package io.embedmta.internal.session;

import io.embedmta.smtp.Reply;

/** Whoever counts sessions, by client. Thread-safe. */
@FunctionalInterface
interface SessionCount {

    /**
     * A proxy has said whose session it is; called at most once, and of such sessions alone.
     *
     * @return positive, or why the client may have no session more
     */
    default Reply named(Session session) {
        return Replies.OK;
    }

    /** The session is over. */
    void ended(Session session);
}
