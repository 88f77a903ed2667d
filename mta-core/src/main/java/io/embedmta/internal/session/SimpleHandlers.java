package io.embedmta.internal.session;

import io.embedmta.smtp.Reply;

/** The commands that need no more than a line. */
final class SimpleHandlers {

    private SimpleHandlers() {}

    /** RFC 5321 §4.1.1.5. */
    static Reply reset(Session session, String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT;
        }
        session.endTransaction();
        return Replies.RESET;
    }

    /** RFC 5321 §4.1.1.9: an argument is ignored. */
    static Reply noop(Session session, String argument) {
        return Replies.OK;
    }

    /** RFC 5321 §4.1.1.10. */
    static Reply quit(Session session, String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT;
        }
        session.endAfterReply();
        return Replies.BYE;
    }

    /** RFC 5321 §3.5.3: 252, as verified addresses are a gift to spammers (§7.3). */
    static Reply verify(Session session, String argument) {
        return argument.isEmpty()
                ? Reply.of(501, "5.5.4", "VRFY takes an address or a name")
                : Replies.CANNOT_VERIFY;
    }
}
