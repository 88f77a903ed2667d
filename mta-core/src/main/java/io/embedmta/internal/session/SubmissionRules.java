package io.embedmta.internal.session;

import io.embedmta.auth.Identity;
import io.embedmta.message.MailAddress;
import io.embedmta.message.ReversePath;
import io.embedmta.smtp.Reply;
import java.util.Optional;

/** What a listener for submissions asks of a sender (RFC 6409). */
final class SubmissionRules {
    /** RFC 4954 §6. */
    private static final Reply AUTHENTICATE_FIRST =
            Reply.of(530, "5.7.0", "Authentication required");

    /** RFC 6409 §6.1. */
    private static final Reply NOT_YOURS =
            Reply.of(550, "5.7.1", "You may not send from that address");

    private SubmissionRules() {}

    /** Why mail from there is not taken; empty if it is. */
    static Optional<Reply> refusal(Session session, ReversePath from) {
        if (!session.isSubmission()) {
            return Optional.empty();
        }
        Optional<Identity> user = session.user();
        if (user.isEmpty()) {
            return Optional.of(AUTHENTICATE_FIRST);
        }
        // The null sender is nobody's address; a mail program needs it for the receipt that a
        // message was read (RFC 8098 §3).
        Optional<MailAddress> sender = from.address();
        return sender.isEmpty() || user.get().maySendAs(sender.get())
                ? Optional.empty()
                : Optional.of(NOT_YOURS);
    }
}
