package io.embedmta.internal.session;

import io.embedmta.internal.session.SessionScript.Stage;
import io.embedmta.internal.wire.DataDecoder;
import io.embedmta.listener.Reception.Answer;
import io.embedmta.queue.MailQueue;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DATA (RFC 5321 §4.1.1.4). */
final class DataHandler implements CommandTable.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(DataHandler.class);

    @Override
    public Reply handle(Session session, String argument) throws IOException {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT;
        }
        Transaction transaction = session.transaction();
        IncomingMessage message;
        try {
            message = transaction.begin(open(session));
        } catch (IOException e) {
            // Said before the client sends it all in vain.
            LOG.error("{}: the queue takes no message", session.id(), e);
            session.endTransaction();
            return MailQueue.refusal(e);
        }
        Connection connection = session.connection();
        connection.say(Replies.SEND_MESSAGE);
        connection.allow(session.limits().dataTimeout(), session.limits().messageTimeout());
        DataDecoder.decode(connection.input(), message.sink());
        return finish(session, transaction, message);
    }

    /** Begins a message; whatever keeps the queue from it is an {@link IOException}. */
    static IncomingMessage open(Session session) throws IOException {
        try {
            return new IncomingMessage(session.engine().receive(), session.settings());
        } catch (RuntimeException e) {
            // I8: a mistake of the queue's is no more the client's fault than a full disk is.
            throw new IOException("The queue failed.", e);
        }
    }

    /** The message is complete: answers for it, and ends the transaction whatever the answer. */
    static Reply finish(Session session, Transaction transaction, IncomingMessage message)
            throws IOException {
        try {
            session.script().contentCame(message.id(), message.size());
            Optional<Reply> scripted =
                    session.script().at(Stage.END_OF_DATA, "", session.connection());
            if (scripted.isPresent() && !scripted.get().isPositive()) {
                return scripted.get();
            }
            if (transaction.isDiscarded()) {
                LOG.info("{}: discarded {} by a filter's verdict", session.id(), message.id());
                return Replies.OK;
            }
            Answer answer = message.finish(transaction);
            if (answer.reply().isPositive()) {
                session.forgive();
            }
            if (answer.hangUp()) {
                session.endAfterReply();
            }
            if (!answer.reply().isPositive()) {
                return answer.reply();
            }
            return session.script()
                    .at(Stage.ACCEPTED, "", session.connection())
                    .or(() -> scripted)
                    .orElse(answer.reply());
        } finally {
            session.endTransaction();
        }
    }
}
