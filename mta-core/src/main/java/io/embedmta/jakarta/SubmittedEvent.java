package io.embedmta.jakarta;

import io.embedmta.Submission;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.Transport;
import jakarta.mail.event.TransportEvent;

/**
 * A message is in the queue for some recipients or all, which Jakarta Mail calls delivered. Told to
 * {@link jakarta.mail.event.TransportListener}s of an {@link MtaTransport}.
 */
public final class SubmittedEvent extends TransportEvent {
    private static final long serialVersionUID = 1L;

    private final transient Submission submission;

    SubmittedEvent(
            Transport transport,
            int type,
            Address[] sent,
            Address[] unsent,
            Address[] invalid,
            Message message,
            Submission submission) {
        super(transport, type, sent, unsent, invalid, message);
        this.submission = submission;
    }

    /** What becomes of the message. */
    public Submission submission() {
        return submission;
    }
}
