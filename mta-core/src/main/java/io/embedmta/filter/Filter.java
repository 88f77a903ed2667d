package io.embedmta.filter;

import io.embedmta.message.Content;
import io.embedmta.message.Recipient;

/**
 * Has a say in what is accepted. Filters are asked in the order in which the builder was given
 * them; the first verdict other than {@code next} decides the phase. Mail submitted in the process
 * passes the phases mail, recipient and message too.
 *
 * <p>One instance serves all sessions at once, so implementations are thread-safe and keep what
 * they know of a transaction in a {@link FilterState}. The sender waits, so a filter limits its own
 * waits. If a method throws anything, the engine answers 451 4.3.0 and logs the cause.
 */
public interface Filter {

    /** A client has connected; nothing was said yet. */
    default Verdict connect(SessionView session) {
        return Verdict.next();
    }

    /** HELO or EHLO was given, with this name. */
    default Verdict helo(SessionView session, String name) {
        return Verdict.next();
    }

    /** MAIL was given: the envelope has its reverse-path and parameters. */
    default Verdict mail(TransactionView tx) {
        return Verdict.next();
    }

    /** RCPT was given, with an address that the engine would take. */
    default Verdict recipient(TransactionView tx, Recipient to) {
        return Verdict.next();
    }

    /**
     * The whole message is there, and nothing has been promised yet.
     *
     * @param content with the edits of the filters before; valid during the call
     */
    default Verdict message(TransactionView tx, Content content) {
        return Verdict.next();
    }
}
