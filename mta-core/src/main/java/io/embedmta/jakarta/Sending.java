package io.embedmta.jakarta;

import io.embedmta.Mta;
import io.embedmta.Submission;
import io.embedmta.SubmissionRefusedException;
import io.embedmta.message.ContentSource;
import io.embedmta.message.Envelope;
import io.embedmta.message.ReversePath;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/** One message on its way from a transport into an agent. For one thread. */
final class Sending {
    private final Mta agent;
    private final MimeMessage message;
    private final MessageOptions options;
    private final Observer observer;

    /** Is told of each end, before an exception is thrown. */
    interface Observer {

        /**
         * The message was sent, or it was not.
         *
         * @param result who was refused
         * @param submission empty if nothing was sent
         */
        void ended(Message message, Addressees result, Optional<Submission> submission);
    }

    Sending(Mta agent, MimeMessage message, MessageOptions options, Observer observer) {
        this.agent = agent;
        this.message = message;
        this.options = options;
        this.observer = observer;
    }

    static void requireRunning(Mta agent) throws MessagingException {
        if (!agent.isRunning()) {
            throw new MessagingException(
                    "The agent "
                            + agent.hostname()
                            + " is closed; connect to one that runs, or keep it open longer.");
        }
    }

    /**
     * Sends the message.
     *
     * @throws MessagingException if it was not taken for all of them
     */
    void send(Addressees to) throws MessagingException {
        Submission submission;
        try {
            submission = submit(to);
        } catch (SubmissionRefusedException e) {
            Addressees result = to.refusedBy(e.refusedRecipients());
            observer.ended(message, result, Optional.empty());
            throw refused(result, e);
        } catch (MessagingException e) {
            observer.ended(message, to, Optional.empty());
            throw e;
        } catch (RuntimeException e) {
            observer.ended(message, to, Optional.empty());
            requireRunning(agent);
            throw new MessagingException("The message was not sent: " + e.getMessage(), e);
        }
        agent.sentMessages().add(message, submission);
        Addressees result = to.refusedBy(submission.refusedRecipients());
        observer.ended(message, result, Optional.of(submission));
        if (result.hasRefused()) {
            throw partly(result, submission);
        }
    }

    private Submission submit(Addressees to) throws MessagingException {
        boolean partial = options.sendPartial();
        if (to.recipients().isEmpty() || (!partial && to.hasRefused())) {
            throw invalid(to);
        }
        Envelope envelope = options.envelope(from(to), to.recipients());
        ContentSource content = ContentSource.of(message);
        return partial ? agent.submit(envelope, content) : agent.submitToAll(envelope, content);
    }

    private ReversePath from(Addressees to) throws MessagingException {
        String from = options.from();
        try {
            return ReversePath.of(from);
        } catch (SyntaxException e) {
            // As a server says it (RFC 5321 §4.2.2).
            Reply reply = Reply.of(553, "5.1.7", String.valueOf(e.getMessage()));
            String command = "MAIL FROM:<" + from + ">";
            InternetAddress address = new InternetAddress();
            address.setAddress(from);
            MessagingException sender =
                    new SMTPSenderFailedException(address, command, reply.code(), reply.toString());
            throw new SMTPSendFailedException(
                    command,
                    reply.code(),
                    reply.toString(),
                    sender,
                    new Address[0],
                    to.notInvalid(),
                    to.invalid());
        }
    }

    private static MessagingException refused(Addressees result, SubmissionRefusedException e) {
        if (result.hasRefused()) {
            return invalid(result);
        }
        Reply reply = e.reply();
        return new SMTPSendFailedException(
                "DATA",
                reply.code(),
                reply.toString(),
                e,
                new Address[0],
                result.addresses(),
                new Address[0]);
    }

    private static SendFailedException invalid(Addressees result) {
        return new SendFailedException(
                "Nothing was sent, as recipients were refused",
                result.failures().orElse(null),
                new Address[0],
                result.notInvalid(),
                result.invalid());
    }

    /** What was sent has a positive reply, as behind the end of data. */
    private static SendFailedException partly(Addressees result, Submission submission) {
        Reply reply = Reply.of(250, "2.0.0", "Queued as " + submission.queueId());
        return new SMTPSendFailedException(
                ".",
                reply.code(),
                reply + ", but not for all recipients",
                result.failures().orElse(null),
                result.taken(),
                result.deferred(),
                result.invalid());
    }
}
