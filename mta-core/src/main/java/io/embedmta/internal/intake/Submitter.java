package io.embedmta.internal.intake;

import io.embedmta.auth.Identity;
import io.embedmta.filter.Filter;
import io.embedmta.filter.FilterState;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.wire.CrlfOutputStream;
import io.embedmta.message.ContentSource;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.TlsSession;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes mail from the application, through the same filters as mail from the wire. Thread-safe. */
public final class Submitter {
    private final Intake intake;

    /** Submits into this intake. */
    public Submitter(Intake intake) {
        this.intake = intake;
    }

    /**
     * What became of a submission.
     *
     * @param targets of each recipient taken: the addresses it is queued for by way of aliases;
     *     none if a filter wants it discarded
     * @param refused the reply to each recipient that was not taken
     */
    public record Submitted(
            QueueId id,
            Map<MailAddress, List<MailAddress>> targets,
            Map<MailAddress, Reply> refused) {}

    /** How many recipients have to be taken for the message to be. */
    public enum Needed {
        /** One or more. */
        ANY,
        /** Each of them. */
        ALL
    }

    /** Nothing of the submission was taken. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Reply reply;
        private final transient Map<MailAddress, Reply> refused;

        RefusedException(Reply reply, Map<MailAddress, Reply> refused) {
            super(reply.toString());
            this.reply = reply;
            this.refused = refused;
        }

        /** Why. */
        public Reply reply() {
            return reply;
        }

        /** The reply to each recipient that was refused by itself; none if the message was. */
        public Map<MailAddress, Reply> refused() {
            return refused;
        }
    }

    /**
     * Submits a message; on return it is durable.
     *
     * @param content is not asked for before the recipients have been
     * @param needed how many of the recipients have to be taken
     * @param beforeCommit is told the message's name before any delivery can begin
     * @throws RefusedException if nothing was taken
     * @throws IOException if the content cannot be read, or the queue cannot take a message
     */
    public Submitted submit(
            Envelope envelope, ContentSource content, Needed needed, Consumer<QueueId> beforeCommit)
            throws IOException, RefusedException {
        LocalTransaction tx =
                new LocalTransaction(envelope.withRecipients(List.of()).withSmtpUtf8(true));
        Filter filter = intake.filter();
        boolean discarded = pass(filter.mail(tx));
        Map<MailAddress, Reply> refused = new LinkedHashMap<>();
        Map<MailAddress, List<MailAddress>> targets = new LinkedHashMap<>();
        addRecipients(tx, envelope.recipients(), targets, refused);
        if (targets.isEmpty() || (needed == Needed.ALL && !refused.isEmpty())) {
            throw new RefusedException(
                    refused.values().stream()
                            .findFirst()
                            .orElse(Reply.of(554, "5.5.1", "No recipients")),
                    refused);
        }
        try (MessageReception reception = intake.receive()) {
            tx.reception = reception;
            write(content, reception.body());
            if (discarded || tx.envelope.recipients().isEmpty()) {
                return new Submitted(reception.id(), targets, refused);
            }
            beforeCommit.accept(reception.id());
            Reply reply = reception.accept(tx).reply();
            if (!reply.isPositive()) {
                throw new RefusedException(reply, Map.of());
            }
            targets.putAll(reception.targets());
            return new Submitted(reception.id(), targets, refused);
        }
    }

    /** Whether the verdict asks for the message to be discarded. */
    private static boolean pass(Verdict verdict) throws RefusedException {
        Optional<Reply> refusal = refusal(verdict);
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get(), Map.of());
        }
        return verdict instanceof Verdict.Discard;
    }

    private static Optional<Reply> refusal(Verdict verdict) {
        if (verdict instanceof Verdict.Reject reject) {
            return Optional.of(reject.reply());
        }
        if (verdict instanceof Verdict.Defer defer) {
            return Optional.of(defer.reply());
        }
        if (verdict instanceof Verdict.Disconnect disconnect) {
            return Optional.of(disconnect.reply());
        }
        return Optional.empty();
    }

    private void addRecipients(
            LocalTransaction tx,
            List<Recipient> recipients,
            Map<MailAddress, List<MailAddress>> targets,
            Map<MailAddress, Reply> refused) {
        for (Recipient recipient : recipients) {
            MailAddress address = recipient.address();
            if (targets.containsKey(address) || refused.containsKey(address)) {
                continue;
            }
            Optional<Reply> refusal = intake.refusal(tx.session(), address);
            if (refusal.isEmpty()) {
                Verdict verdict = intake.filter().recipient(tx, recipient);
                refusal = refusal(verdict);
                if (refusal.isEmpty()) {
                    targets.put(address, List.of());
                    if (!(verdict instanceof Verdict.Discard)) {
                        tx.add(recipient);
                    }
                }
            }
            refusal.ifPresent(reply -> refused.put(address, reply));
        }
    }

    /** As Jakarta Mail does on the wire, a bare CR or LF of the application becomes CRLF. */
    private static void write(ContentSource content, OutputStream body) throws IOException {
        try (CrlfOutputStream lines = new CrlfOutputStream(body)) {
            content.writeTo(lines);
        }
    }

    /** The one session of the application itself: it may send to anybody. */
    private enum LocalSession implements SessionView {
        INSTANCE;

        @Override
        public String id() {
            return "local";
        }

        @Override
        public Optional<InetSocketAddress> client() {
            return Optional.empty();
        }

        @Override
        public Optional<String> helo() {
            return Optional.empty();
        }

        @Override
        public Optional<TlsSession> tls() {
            return Optional.empty();
        }

        @Override
        public Optional<Identity> user() {
            return Optional.empty();
        }

        @Override
        public String protocol() {
            return "";
        }

        @Override
        public boolean mayRelay() {
            return true;
        }
    }

    private static final class LocalTransaction implements TransactionView {
        private final FilterStates states = new FilterStates();
        private final List<Recipient> recipients = new ArrayList<>();
        private Envelope envelope;
        private @Nullable MessageReception reception;

        LocalTransaction(Envelope envelope) {
            this.envelope = envelope;
        }

        void add(Recipient recipient) {
            recipients.add(recipient);
            envelope = envelope.withRecipients(recipients);
        }

        @Override
        public SessionView session() {
            return LocalSession.INSTANCE;
        }

        @Override
        public Envelope envelope() {
            return envelope;
        }

        @Override
        public Optional<QueueId> queueId() {
            return Optional.ofNullable(reception).map(MessageReception::id);
        }

        @Override
        public <T> T state(FilterState<T> key) {
            return states.get(key);
        }
    }
}
