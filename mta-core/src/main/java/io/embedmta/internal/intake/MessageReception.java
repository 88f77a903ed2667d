package io.embedmta.internal.intake;

import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.wire.MailDate;
import io.embedmta.listener.Reception;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.HeaderField;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.TlsRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message on its way into the queue: validates it, asks the filters, writes the trace field,
 * and commits. For one thread.
 */
public final class MessageReception implements Reception {
    private static final Logger LOG = LoggerFactory.getLogger(MessageReception.class);

    private final QueueId id;
    private final MailWriter writer;
    private final MessageInspector inspector;
    private final Enqueuer enqueuer;
    private final Filter filter;
    private final String hostname;
    private final Clock clock;
    private final int maxHops;
    private Map<MailAddress, List<MailAddress>> targets = Map.of();

    MessageReception(
            QueueId id,
            MailWriter writer,
            Enqueuer enqueuer,
            Filter filter,
            String hostname,
            Clock clock,
            int maxHops) {
        this.id = id;
        this.writer = writer;
        this.inspector = new MessageInspector(writer.body());
        this.enqueuer = enqueuer;
        this.filter = filter;
        this.hostname = hostname;
        this.clock = clock;
        this.maxHops = maxHops;
    }

    @Override
    public QueueId id() {
        return id;
    }

    @Override
    public OutputStream body() {
        return inspector;
    }

    @Override
    public Answer accept(TransactionView tx) {
        try {
            if (inspector.receivedFields() > maxHops) {
                // I4; RFC 5321 §6.3.
                return Answer.of(Reply.of(554, "5.4.6", "Too many hops, the message is in a loop"));
            }
            Verdict verdict = filter.message(tx, writer.content());
            return proceed(tx, verdict);
        } catch (IOException e) {
            LOG.error("{}: the message could not be queued", id, e);
            return Answer.of(MailQueue.refusal(e));
        } catch (RuntimeException | Error e) {
            // I8.
            LOG.error("{}: the message could not be accepted", id, e);
            return Answer.of(
                    Reply.of(451, "4.3.0", "The message could not be accepted, try again later"));
        }
    }

    private Answer proceed(TransactionView tx, Verdict verdict) throws IOException {
        if (verdict instanceof Verdict.Reject reject) {
            return Answer.of(reject.reply());
        }
        if (verdict instanceof Verdict.Defer defer) {
            return Answer.of(defer.reply());
        }
        if (verdict instanceof Verdict.Disconnect disconnect) {
            return new Answer(disconnect.reply(), true);
        }
        if (verdict instanceof Verdict.Discard) {
            LOG.info("{}: discarded by a filter's verdict", id);
            return Answer.of(Reply.of(250, "2.0.0", "OK"));
        }
        HeaderEdits edits =
                verdict instanceof Verdict.Next next
                        ? next.edits()
                        : ((Verdict.Accept) verdict).edits();
        commit(tx, edits);
        return Answer.of(Reply.of(250, "2.0.0", "Queued as " + id));
    }

    private void commit(TransactionView tx, HeaderEdits filterEdits) throws IOException {
        HeaderEdits edits =
                missingFields(tx, filterEdits)
                        .then(TraceField.of(tx, hostname, id, clock.instant()))
                        .then(filterEdits);
        Envelope envelope = withFacts(tx.envelope(), filterEdits);
        long size = edits.applyTo(writer.content()).size();
        targets = enqueuer.commit(writer, id, tx.session(), envelope, edits, size).targets();
    }

    /** RFC 6409 §8.1 and §8.2: what a new message lacks is added, and nothing else changed. */
    private HeaderEdits missingFields(TransactionView tx, HeaderEdits filterEdits) {
        HeaderEdits missing = HeaderEdits.NONE;
        if (!tx.session().isSubmission()) {
            return missing;
        }
        if (!has("message-id", inspector.hasMessageId(), filterEdits)) {
            missing = missing.andPrepend("Message-ID", "<" + id.text() + "@" + hostname + ">");
        }
        if (!has("date", inspector.hasDate(), filterEdits)) {
            missing = missing.andPrepend("Date", MailDate.format(clock.instant()));
        }
        return missing;
    }

    private static boolean has(String name, boolean sent, HeaderEdits filterEdits) {
        return (sent && !filterEdits.removed().contains(name))
                || filterEdits.prepended().stream()
                        .anyMatch(field -> field.name().equalsIgnoreCase(name));
    }

    /**
     * What the message needs of the next hop is told by its octets: clients declare 8BITMIME and
     * SMTPUTF8 for plain ASCII too, and that must not make an old server refuse it (RFC 6531
     * §3.7.1). What filters add counts like the rest.
     */
    private Envelope withFacts(Envelope declared, HeaderEdits filterEdits) {
        boolean eightBitEdits = !filterEdits.prepended().stream().allMatch(HeaderField::isAscii);
        boolean utf8 =
                eightBitEdits
                        || inspector.hasEightBitHeader()
                        || declared.from().address().filter(from -> !from.isAscii()).isPresent()
                        || declared.recipients().stream().anyMatch(to -> !to.address().isAscii());
        return declared.withEightBit(eightBitEdits || inspector.hasEightBit())
                .withSmtpUtf8(declared.smtpUtf8() && utf8)
                .withTlsRequest(tlsRequest(declared, filterEdits));
    }

    /** RFC 8689 §4.1: REQUIRETLS outdoes the field. */
    private TlsRequest tlsRequest(Envelope declared, HeaderEdits filterEdits) {
        if (declared.tlsRequest() != TlsRequest.DEFAULT) {
            return declared.tlsRequest();
        }
        boolean kept =
                inspector.waivesTls() && !filterEdits.removed().contains(TlsRequiredField.NAME);
        boolean added = filterEdits.prepended().stream().anyMatch(MessageReception::waivesTls);
        return kept || added ? TlsRequest.WAIVED : TlsRequest.DEFAULT;
    }

    private static boolean waivesTls(HeaderField field) {
        return field.name().equalsIgnoreCase(TlsRequiredField.NAME)
                && field.value().strip().equalsIgnoreCase("No");
    }

    /** Once accepted: what became of each recipient by way of aliases. */
    public Map<MailAddress, List<MailAddress>> targets() {
        return targets;
    }

    @Override
    public void close() {
        enqueuer.release(writer, id);
    }
}
