package io.embedmta.internal.client;

import io.embedmta.internal.wire.BareLineBreakException;
import io.embedmta.internal.wire.DotStuffingOutputStream;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mail transaction (RFC 5321 §3.3): MAIL, one RCPT or more, DATA. It ends with a result for
 * each recipient, but for those that were too many for the server.
 */
final class Transaction {
    private static final Logger log = LoggerFactory.getLogger(Transaction.class);

    /**
     * Octets of commands that go out before their replies are read. Both ends' socket buffers hold
     * as much, so neither waits to write while the other does (RFC 2920 §3.1).
     */
    private static final int MAX_GROUP_OCTETS = 8 * 1024;

    /** Commands in such a group: their replies must fit too. */
    private static final int MAX_GROUP = 100;

    private final Session session;
    private final Connection connection;
    private final Envelope envelope;
    private final Content content;
    private final Map<MailAddress, DeliveryResult> results;

    private final List<Recipient> accepted = new ArrayList<>();
    private final Map<Recipient, Reply> excess = new LinkedHashMap<>();
    private boolean begun;

    /** Whether all of the message was sent, so that a 2yz can be for it. */
    private boolean dotSent;

    /**
     * @param envelope with the recipients of this transaction
     * @param results where theirs go
     */
    Transaction(
            Session session,
            Envelope envelope,
            Content content,
            Map<MailAddress, DeliveryResult> results) {
        this.session = session;
        this.connection = session.connection();
        this.envelope = envelope;
        this.content = content;
        this.results = results;
    }

    /** The recipients that were too many, with what the server said to them. */
    Map<Recipient, Reply> excess() {
        return excess;
    }

    /**
     * Runs it to its end. If the session ends on the way, recipients without a result are deferred.
     *
     * @throws SessionEndedException if the session ended before MAIL was answered: nothing was
     *     decided
     */
    void run() throws SessionEndedException {
        session.countTransaction();
        try {
            Optional<Reply> data =
                    session.capabilities().offers("PIPELINING") ? openInGroups() : openInSteps();
            if (data.isEmpty()) {
                session.reset();
            } else if (accepted.isEmpty()) {
                closeWithoutRecipients(data.get());
            } else if (data.get().isIntermediate()) {
                sendContent();
            } else {
                decide(accepted, "DATA", data.get());
                session.reset();
            }
        } catch (SessionEndedException e) {
            connection.close();
            if (!begun) {
                throw e;
            }
            deferUndecided(e);
        }
    }

    /**
     * One command at a time.
     *
     * @return the reply to DATA; empty if it was not sent, for want of recipients
     */
    private Optional<Reply> openInSteps() throws SessionEndedException {
        connection.write(mailCommand());
        connection.flush();
        if (!readMailReply()) {
            return Optional.empty();
        }
        for (Recipient recipient : envelope.recipients()) {
            connection.write(rcptCommand(recipient));
            connection.flush();
            readRcptReply(recipient);
        }
        if (accepted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(connection.command("DATA", session.timeouts().data()));
    }

    /**
     * MAIL, all RCPT and DATA in one group, or in a few if they are many (RFC 2920 §3.1).
     *
     * @return the reply to DATA; empty if it was not sent, as MAIL was refused before its turn came
     */
    private Optional<Reply> openInGroups() throws SessionEndedException {
        List<Recipient> recipients = envelope.recipients();
        String mail = mailCommand();
        connection.write(mail);
        int from = 0;
        int to = writeRcpts(0, mail.length());
        while (true) {
            boolean last = to == recipients.size();
            if (last) {
                connection.write("DATA");
            }
            connection.flush();
            boolean mailTaken = begun || readMailReply();
            for (Recipient recipient : recipients.subList(from, to)) {
                if (mailTaken) {
                    readRcptReply(recipient);
                } else {
                    // 503 for want of MAIL; the reply to MAIL is what counts.
                    connection.reply("RCPT", session.timeouts().command());
                }
            }
            if (last) {
                return Optional.of(connection.reply("DATA", session.timeouts().data()));
            }
            if (!mailTaken) {
                return Optional.empty();
            }
            from = to;
            to = writeRcpts(from, 0);
        }
    }

    /**
     * Writes RCPT for as many recipients as fit into a group.
     *
     * @param octets in the group already
     * @return which recipient comes next
     */
    private int writeRcpts(int from, int octets) throws SessionEndedException {
        List<Recipient> recipients = envelope.recipients();
        int sum = octets;
        int to = from;
        while (to < recipients.size() && to - from < MAX_GROUP && sum < MAX_GROUP_OCTETS) {
            String rcpt = rcptCommand(recipients.get(to));
            connection.write(rcpt);
            sum += rcpt.length();
            to++;
        }
        return to;
    }

    private String mailCommand() {
        return PathCommands.mail(envelope, content.size(), session.capabilities());
    }

    private String rcptCommand(Recipient recipient) {
        return PathCommands.rcpt(recipient, session.capabilities());
    }

    private boolean readMailReply() throws SessionEndedException {
        Reply reply = connection.reply("MAIL", session.timeouts().command());
        begun = true;
        if (!reply.isPositive()) {
            decide(envelope.recipients(), "MAIL", reply);
        }
        return reply.isPositive();
    }

    private void readRcptReply(Recipient recipient) throws SessionEndedException {
        Reply reply = connection.reply("RCPT", session.timeouts().command());
        if (reply.isPositive()) {
            accepted.add(recipient);
        } else if (isTooMany(reply)) {
            excess.put(recipient, reply);
        } else {
            decide(List.of(recipient), "RCPT", reply);
        }
    }

    /**
     * RFC 5321 §4.5.3.1.10: 452 is for too many recipients, and a 552 is to be taken for one. Both
     * are also used for full disks and mailboxes, which the enhanced status tells apart.
     */
    private static boolean isTooMany(Reply reply) {
        return (reply.code() == 452 || reply.code() == 552)
                && reply.enhanced()
                        .map(status -> status.subject() == 5 && status.detail() == 3)
                        .orElse(true);
    }

    /**
     * RFC 2920 §3.1: a server may say 354 though it took no recipient. It then gets an empty
     * message; whatever it says to that, nobody was to receive it.
     */
    private void closeWithoutRecipients(Reply data) throws SessionEndedException {
        if (data.isIntermediate()) {
            connection.command(".", session.timeouts().finalDot());
        } else if (data.isPositive()) {
            throw connection.outOfPlace("DATA", data);
        }
        session.reset();
    }

    private void sendContent() throws SessionEndedException {
        try {
            dotSent = writeContent();
        } catch (SessionEndedException e) {
            if (!connection.hasUnread()) {
                throw e;
            }
        } catch (BareLineBreakException e) {
            connection.close();
            log.error("A message from <{}> holds {}.", envelope.from(), e.getMessage());
            Reply reply = Reply.of(554, "5.6.0", "the message holds " + e.getMessage());
            record(accepted, new DeliveryResult.Failed(reply, ""));
            return;
        } catch (IOException | RuntimeException | Error e) {
            connection.close();
            log.error("A message from <{}> cannot be read.", envelope.from(), e);
            record(accepted, DeliveryResult.deferred("4.3.0", "the message cannot be read now"));
            return;
        }
        Reply reply = connection.reply("the message", session.timeouts().finalDot());
        decide(accepted, "the message", reply);
        if (!dotSent) {
            connection.close();
        }
    }

    /**
     * Sends the message and its dot, without which the server drops what it has (RFC 5321
     * §4.1.1.4).
     *
     * <p>RFC 5321 §4.2.5 has no reply before the dot, but servers that have seen enough give one,
     * and most hang up then. It may refuse the message; it cannot take what it has not got.
     *
     * @return false if the server has spoken before its turn, so that the dot was held back
     * @throws IOException a {@link SessionEndedException} if the server is gone; any other if the
     *     message cannot be read, or must not be sent
     */
    private boolean writeContent() throws IOException {
        DotStuffingOutputStream body = new DotStuffingOutputStream(connection.content());
        content.writeTo(body);
        if (body.octets() != content.size()) {
            throw new IOException(
                    body.octets() + " octets were read of " + content.size() + " announced");
        }
        if (connection.hasUnread()) {
            return false;
        }
        body.finish();
        connection.flush();
        return true;
    }

    /** Takes a reply to one of our commands for the result of these recipients. */
    private void decide(List<Recipient> recipients, String command, Reply reply)
            throws SessionEndedException {
        String name = session.server().name();
        if (reply.isTransient()) {
            record(recipients, new DeliveryResult.Deferred(reply, name));
        } else if (reply.isPermanent()) {
            record(recipients, new DeliveryResult.Failed(reply, name));
        } else if (reply.isPositive() && dotSent) {
            boolean dsn = session.capabilities().offers("DSN");
            record(recipients, new DeliveryResult.Relayed(reply, name, dsn, session.security()));
        } else {
            throw connection.outOfPlace(command, reply);
        }
    }

    private void record(List<Recipient> recipients, DeliveryResult result) {
        for (Recipient recipient : recipients) {
            results.put(recipient.address(), result);
        }
    }

    private void deferUndecided(SessionEndedException ended) {
        Reply reply = ended.reply();
        if (dotSent && !ended.isServersWord()) {
            // RFC 5321 §4.5.4.1, RFC 1047: better twice than never.
            log.warn(
                    "It is unknown whether {} took a message from <{}>, which will be sent again:"
                            + " {}",
                    session.server(),
                    envelope.from(),
                    reply.text());
            reply =
                    Reply.of(
                            451,
                            reply.status(),
                            "it is unknown whether the message was taken: " + reply.text());
        }
        DeliveryResult deferred = new DeliveryResult.Deferred(reply, ended.remoteMta());
        for (Recipient recipient : envelope.recipients()) {
            if (!excess.containsKey(recipient)) {
                results.putIfAbsent(recipient.address(), deferred);
            }
        }
    }
}
