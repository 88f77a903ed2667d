package io.embedmta.internal.session;

import io.embedmta.filter.FilterState;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.internal.intake.FilterStates;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From MAIL to the reply to the message, or to RSET. For one thread. */
final class Transaction implements TransactionView {
    private final SessionView session;
    private final List<Recipient> recipients = new ArrayList<>();
    private final Set<MailAddress> addresses = new HashSet<>();
    private Envelope envelope;
    private boolean recipientsChanged;
    private int taken;
    private boolean discarded;
    private @Nullable IncomingMessage message;
    private @Nullable Reply failure;
    private final FilterStates states = new FilterStates();

    Transaction(SessionView session, Envelope envelope) {
        this.session = session;
        this.envelope = envelope;
    }

    @Override
    public SessionView session() {
        return session;
    }

    @Override
    public Envelope envelope() {
        if (recipientsChanged) {
            envelope = envelope.withRecipients(recipients);
            recipientsChanged = false;
        }
        return envelope;
    }

    /** Whether MAIL came with SMTPUTF8; unlike the envelope, known without a copy of its list. */
    boolean smtpUtf8() {
        return envelope.smtpUtf8();
    }

    @Override
    public Optional<QueueId> queueId() {
        return Optional.ofNullable(message).map(IncomingMessage::id);
    }

    @Override
    public <T> T state(FilterState<T> key) {
        return states.get(key);
    }

    /** Takes a recipient; one that is there already gets the message once. */
    void add(Recipient recipient) {
        taken++;
        if (addresses.add(recipient.address())) {
            recipients.add(recipient);
            recipientsChanged = true;
        }
    }

    /** Takes a recipient that a filter wants to be thrown away in silence. */
    void addDiscarded() {
        taken++;
    }

    /** How many RCPT commands were answered with yes. */
    int taken() {
        return taken;
    }

    /** A filter wants the whole message to be thrown away in silence. */
    void discard() {
        discarded = true;
    }

    boolean isDiscarded() {
        return discarded || recipients.isEmpty();
    }

    @Nullable IncomingMessage message() {
        return message;
    }

    IncomingMessage begin(IncomingMessage incoming) {
        message = incoming;
        return incoming;
    }

    /** A chunk failed: those that follow it share its fate (RFC 3030 §2). */
    Reply fail(Reply reply) {
        failure = reply;
        drop();
        return reply;
    }

    /** The reply to each chunk after one that failed; null if none did. */
    @Nullable Reply failure() {
        return failure;
    }

    /** Drops what has come in. */
    void drop() {
        if (message != null) {
            message.close();
        }
    }
}
