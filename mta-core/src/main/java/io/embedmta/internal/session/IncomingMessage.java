package io.embedmta.internal.session;

import io.embedmta.filter.TransactionView;
import io.embedmta.internal.wire.BodySink;
import io.embedmta.internal.wire.CrlfOutputStream;
import io.embedmta.internal.wire.LineEnds;
import io.embedmta.listener.Reception;
import io.embedmta.listener.Reception.Answer;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailQueue;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message that is coming in, by DATA or by BDAT. Whatever goes wrong on the way is remembered
 * until its end, since the client has to be heard out before it can be answered; meanwhile nothing
 * more is kept. For one thread.
 */
final class IncomingMessage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingMessage.class);

    private static final Reply BARE_LINE_END =
            Reply.of(550, "5.5.2", "The message has a bare CR or LF; end each line with CRLF");

    private final Reception reception;
    private final SmtpListener settings;
    private final LineEnds lines = new LineEnds(this::keep);
    private final @Nullable CrlfOutputStream mender;
    private long size;
    private final long begun = System.nanoTime();
    private @Nullable IOException failure;

    IncomingMessage(Reception reception, SmtpListener settings) {
        this.reception = reception;
        this.settings = settings;
        this.mender = settings.repairsLineEnds() ? new CrlfOutputStream(reception.body()) : null;
    }

    QueueId id() {
        return reception.id();
    }

    /** How many octets have come. */
    long size() {
        return size;
    }

    /** Where the octets of the message go. */
    BodySink sink() {
        return lines;
    }

    private void keep(byte[] octets, int offset, int length) {
        size += length;
        if (failure != null || isTooLarge() || hasForbiddenLineEnd()) {
            return;
        }
        OutputStream body = mender != null ? mender : reception.body();
        attempt(() -> body.write(octets, offset, length));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("The queue failed.", e);
        }
    }

    /** How long the client may still take for the rest; zero or less if its time is up. */
    Duration timeLeft() {
        return settings.limits().messageTimeout().minusNanos(System.nanoTime() - begun);
    }

    /** Enforced while the message streams in, whatever SIZE said (RFC 1870 §6.3). */
    boolean isTooLarge() {
        return size > settings.limits().messageSize();
    }

    private boolean hasForbiddenLineEnd() {
        return lines.sawBareLineEnd() && !settings.repairsLineEnds();
    }

    /** The message is complete; the answer to the client. */
    Answer finish(TransactionView tx) {
        lines.finish();
        if (mender != null && failure == null) {
            attempt(mender::close);
        }
        Optional<Reply> refusal = refusal(tx);
        return refusal.isPresent() ? Answer.of(refusal.get()) : reception.accept(tx);
    }

    /** Why the message is refused before any filter sees it. */
    private Optional<Reply> refusal(TransactionView tx) {
        if (isTooLarge()) {
            return Optional.of(tooLarge(settings));
        }
        if (hasForbiddenLineEnd()) {
            LOG.info("{}: refused a message with a bare CR or LF", tx.session().id());
            return Optional.of(BARE_LINE_END);
        }
        if (lines.longestLine() > settings.limits().textLine()) {
            // RFC 5321 §4.5.3.1.6
            return Optional.of(
                    Reply.of(
                            550,
                            "5.6.0",
                            "A line of the message is longer than "
                                    + settings.limits().textLine()
                                    + " octets"));
        }
        if (failure != null) {
            LOG.error("{}: the message could not be queued", tx.session().id(), failure);
            return Optional.of(MailQueue.refusal(failure));
        }
        return Optional.empty();
    }

    /** RFC 1870 §6.1: 552 refuses for the size alone. */
    static Reply tooLarge(SmtpListener settings) {
        return Reply.of(
                552,
                "5.3.4",
                "The message is larger than " + settings.limits().messageSize() + " octets");
    }

    @Override
    public void close() {
        reception.close();
    }
}
