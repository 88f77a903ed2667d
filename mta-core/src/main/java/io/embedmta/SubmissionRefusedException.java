package io.embedmta;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A submitted message was refused as a whole: nothing of it is in the queue. */
public final class SubmissionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;
    private final transient Map<MailAddress, Reply> recipients;

    SubmissionRefusedException(Reply reply, Map<MailAddress, Reply> recipients, Throwable cause) {
        super("The message was refused: " + reply, cause);
        this.reply = reply;
        this.recipients = Collections.unmodifiableMap(new LinkedHashMap<>(recipients));
    }

    /** Why: temporary (4yz), so that it may be submitted again, or for good (5yz). */
    public Reply reply() {
        return reply;
    }

    /**
     * The reply to each recipient that was refused, in the order of the envelope; empty if it was
     * not for a recipient that the message was refused.
     */
    public Map<MailAddress, Reply> refusedRecipients() {
        return recipients;
    }
}
