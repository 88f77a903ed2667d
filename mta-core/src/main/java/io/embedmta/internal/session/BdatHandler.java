package io.embedmta.internal.session;

import io.embedmta.internal.wire.BodySink;
import io.embedmta.internal.wire.ChunkDecoder;
import io.embedmta.queue.MailQueue;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.Verb;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BDAT (RFC 3030 §2). The octets of a chunk follow the command at once, so they are taken from the
 * wire whatever the answer will be; else they would be read as commands.
 */
final class BdatHandler implements CommandTable.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(BdatHandler.class);
    private static final BodySink NOWHERE = (octets, offset, length) -> {};

    private record Chunk(long size, boolean last) {}

    @Override
    public Reply handle(Session session, String argument) throws IOException {
        Chunk chunk = parse(argument);
        if (chunk.size < 0) {
            // How many octets to skip is unknown, so nothing after this can be understood.
            session.endAfterReply();
            return Reply.of(501, "5.5.4", "Say BDAT size, or BDAT size LAST; goodbye");
        }
        Phase phase = session.phase();
        if (phase != Phase.RECIPIENTS && phase != Phase.CHUNKS) {
            return refuse(session, chunk, CommandTable.outOfOrder(Verb.BDAT, phase));
        }
        Transaction transaction = session.transaction();
        Reply failure = transaction.failure();
        if (failure != null) {
            return refuse(session, chunk, failure);
        }
        IncomingMessage message = transaction.message();
        if (message == null) {
            try {
                message = transaction.begin(DataHandler.open(session));
            } catch (IOException e) {
                LOG.error("{}: the queue takes no message", session.id(), e);
                return refuse(session, chunk, transaction.fail(MailQueue.refusal(e)));
            }
        }
        take(session, chunk, message);
        return answer(session, transaction, message, chunk);
    }

    /** Pipelined chunks behind one that failed get the same answer, up to and with the last one. */
    private static Reply refuse(Session session, Chunk chunk, Reply failure) throws IOException {
        Connection connection = session.connection();
        connection.allow(session.limits().dataTimeout(), session.limits().messageTimeout());
        ChunkDecoder.decode(connection.input(), chunk.size, NOWHERE);
        if (chunk.last && session.phase() == Phase.CHUNKS) {
            session.endTransaction();
        }
        return failure;
    }

    private static Reply answer(
            Session session, Transaction transaction, IncomingMessage message, Chunk chunk)
            throws IOException {
        if (chunk.last) {
            return DataHandler.finish(session, transaction, message);
        }
        if (message.isTooLarge()) {
            return transaction.fail(IncomingMessage.tooLarge(session.settings()));
        }
        return Reply.of(250, "2.0.0", chunk.size + " octets received");
    }

    private static void take(Session session, Chunk chunk, IncomingMessage message)
            throws IOException {
        // One limit for the whole message, however many chunks it comes in, empty ones too.
        Duration left = message.timeLeft();
        if (left.isNegative() || left.isZero()) {
            throw new SocketTimeoutException("The client took too long for the message.");
        }
        Connection connection = session.connection();
        connection.allow(session.limits().dataTimeout(), left);
        ChunkDecoder.decode(connection.input(), chunk.size, message.sink());
    }

    /** A size below zero says that the argument is malformed. */
    private static Chunk parse(String argument) {
        int space = argument.indexOf(' ');
        String digits = space < 0 ? argument : argument.substring(0, space);
        boolean last = space >= 0 && argument.substring(space).strip().equalsIgnoreCase("LAST");
        boolean ok = !digits.isEmpty() && digits.length() <= 18 && (space < 0 || last);
        for (int i = 0; ok && i < digits.length(); i++) {
            ok = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        return new Chunk(ok ? Long.parseLong(digits) : -1, last);
    }
}
