package io.embedmta.filter;

import io.embedmta.message.HeaderEdits;
import io.embedmta.smtp.Reply;

/** What a filter says to one step of a transaction. Immutable. */
public sealed interface Verdict {

    /**
     * No objection: ask the next filter.
     *
     * @param edits changes to the header section; looked at in the message phase alone
     */
    record Next(HeaderEdits edits) implements Verdict {}

    /**
     * No objection, and no more questions in this phase.
     *
     * @param edits changes to the header section; looked at in the message phase alone
     */
    record Accept(HeaderEdits edits) implements Verdict {}

    /** Never. */
    record Reject(Reply reply) implements Verdict {
        /** Checks that the reply is permanent. */
        public Reject {
            if (!reply.isPermanent()) {
                throw new IllegalArgumentException("Reject with a 5yz reply, or defer.");
            }
        }
    }

    /** Not now. */
    record Defer(Reply reply) implements Verdict {
        /** Checks that the reply is temporary. */
        public Defer {
            if (!reply.isTransient()) {
                throw new IllegalArgumentException("Defer with a 4yz reply, or reject.");
            }
        }
    }

    /**
     * Say yes and throw it away: one recipient in the recipient phase, else the whole message. In
     * the phases before MAIL it counts as {@code Next}.
     */
    record Discard() implements Verdict {}

    /** Say this, as it is, and hang up. */
    record Disconnect(Reply reply) implements Verdict {
        /** Checks that the reply refuses. */
        public Disconnect {
            if (!reply.isPermanent() && !reply.isTransient()) {
                throw new IllegalArgumentException("Disconnect with a 4yz or 5yz reply.");
            }
        }
    }

    /** No objection. */
    static Verdict next() {
        return Constants.NEXT;
    }

    /** No objection, with changes to the header section (message phase). */
    static Verdict next(HeaderEdits edits) {
        return new Next(edits);
    }

    /** No objection, and no more questions in this phase. */
    static Verdict accept() {
        return Constants.ACCEPT;
    }

    /** No objection, with changes, and no more questions in this phase (message phase). */
    static Verdict accept(HeaderEdits edits) {
        return new Accept(edits);
    }

    /**
     * Never.
     *
     * @param code 500 to 599
     * @param status such as {@code "5.7.1"}
     * @throws IllegalArgumentException if the code is outside that, or the status of another class
     */
    static Verdict reject(int code, String status, String text) {
        return new Reject(Reply.of(code, status, text));
    }

    /**
     * Not now.
     *
     * @param code 400 to 499
     * @param status such as {@code "4.7.1"}
     * @throws IllegalArgumentException if the code is outside that, or the status of another class
     */
    static Verdict defer(int code, String status, String text) {
        return new Defer(Reply.of(code, status, text));
    }

    /** Say yes and throw it away. */
    static Verdict discard() {
        return Constants.DISCARD;
    }

    /**
     * Say this and hang up.
     *
     * @param code 400 to 599, mostly 421 or 554
     * @param status of the code's class, such as {@code "5.7.1"} for 554
     * @throws IllegalArgumentException if the code is outside that, or the status of another class
     */
    static Verdict disconnect(int code, String status, String text) {
        return new Disconnect(Reply.of(code, status, text));
    }
}
