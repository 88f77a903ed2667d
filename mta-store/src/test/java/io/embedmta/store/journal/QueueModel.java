package io.embedmta.store.journal;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.Lease;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.queue.Selection;
import io.embedmta.queue.Settlement;
import io.embedmta.smtp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a queue promises to know, in plain maps: each recipient without an outcome, and its state.
 * It speaks in lines of text, one for each recipient, and makes such lines of what a queue shows.
 */
final class QueueModel {
    /** What edits do to the size of a message does not depend on it. */
    private static final int SAMPLE = 100;

    private final Map<String, Mail> mails = new TreeMap<>();

    /** A message. */
    private record Mail(NewMail mail, int size, Map<String, Recipient> pending) {
        Mail {
            pending = new TreeMap<>(pending);
        }
    }

    /** A recipient without an outcome. */
    private record Recipient(
            Destination line,
            Instant due,
            int attempts,
            boolean told,
            boolean held,
            Optional<Order> order,
            Optional<Reply> reply) {
        Recipient due(Instant at) {
            return new Recipient(line, at, attempts, told, held, order, reply);
        }

        Recipient held(boolean now) {
            return new Recipient(line, due, attempts, told, now, order, reply);
        }

        Recipient ordered(Order what) {
            return new Recipient(
                    line, Instant.EPOCH, attempts, told, false, Optional.of(what), reply);
        }

        Recipient after(Settlement.Retry retry, Optional<Order> orderOfLease) {
            return new Recipient(
                    line,
                    order.equals(orderOfLease) ? retry.at() : Instant.EPOCH,
                    attempts + 1,
                    told || retry.delayTold(),
                    held,
                    order,
                    Optional.of(retry.reply()));
        }
    }

    QueueModel copy() {
        QueueModel copy = new QueueModel();
        mails.forEach(
                (id, mail) -> copy.mails.put(id, new Mail(mail.mail, mail.size, mail.pending)));
        return copy;
    }

    int size() {
        return mails.size();
    }

    void commit(String id, int size, NewMail mail) {
        Map<String, Recipient> pending = new TreeMap<>();
        for (int i = 0; i < mail.destinations().size(); i++) {
            pending.put(
                    mail.envelope().recipients().get(i).address().toString(),
                    new Recipient(
                            mail.destinations().get(i),
                            mail.arrival(),
                            0,
                            false,
                            false,
                            Optional.empty(),
                            Optional.empty()));
        }
        mails.put(id, new Mail(mail, size, pending));
    }

    void settle(Lease lease, List<Settlement> settlements) {
        Mail mail = mails.get(lease.id().text());
        if (mail == null) {
            throw new AssertionError(lease.id() + " should not be in the queue.");
        }
        for (Settlement settlement : settlements) {
            String address = settlement.recipient().toString();
            if (settlement instanceof Settlement.Retry retry) {
                mail.pending.computeIfPresent(
                        address, (name, before) -> before.after(retry, lease.order()));
            } else {
                mail.pending.remove(address);
            }
        }
        if (mail.pending.isEmpty()) {
            mails.remove(lease.id().text());
        }
    }

    int hold(Selection which) {
        return change(which, one -> !one.held && one.order.isEmpty(), one -> one.held(true));
    }

    int release(Selection which) {
        return change(which, Recipient::held, one -> one.held(false));
    }

    int retry(Selection which, Instant now) {
        return change(which, one -> !one.held && one.due.isAfter(now), one -> one.due(now));
    }

    int order(Selection which, Order order) {
        return change(
                which, one -> !one.order.equals(Optional.of(order)), one -> one.ordered(order));
    }

    private int change(
            Selection which, Predicate<Recipient> needed, UnaryOperator<Recipient> change) {
        int count = 0;
        for (Map.Entry<String, Mail> entry : mails.entrySet()) {
            QueueId id = new QueueId(entry.getKey());
            ReversePath from = entry.getValue().mail.envelope().from();
            boolean any = false;
            for (Map.Entry<String, Recipient> one : entry.getValue().pending.entrySet()) {
                if (which.includes(id, from, one.getValue().line) && needed.test(one.getValue())) {
                    one.setValue(change.apply(one.getValue()));
                    any = true;
                }
            }
            count += any ? 1 : 0;
        }
        return count;
    }

    /** When the earliest work is due. */
    Optional<Instant> nextDue() {
        return mails.values().stream()
                .flatMap(mail -> mail.pending.values().stream())
                .filter(one -> !one.held)
                .map(Recipient::due)
                .min(Instant::compareTo);
    }

    /** What an operator is to see. */
    List<String> listing() throws IOException {
        Content sample = Content.of(octets("sample", SAMPLE));
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Mail> entry : mails.entrySet()) {
            Mail mail = entry.getValue();
            String start =
                    start(
                            entry.getKey(),
                            mail.mail.arrival(),
                            mail.size - SAMPLE + mail.mail.edits().applyTo(sample).size(),
                            mail.mail.envelope().from());
            mail.pending.forEach(
                    (address, one) -> {
                        State state =
                                one.order.isPresent()
                                        ? State.ENDING
                                        : one.held ? State.HELD : State.WAITING;
                        Optional<Instant> next =
                                Optional.of(one.due).filter(due -> state == State.WAITING);
                        lines.add(
                                start
                                        + line(address, one.line, state, one.attempts, one.reply)
                                        + " "
                                        + next);
                    });
        }
        return lines.stream().sorted().toList();
    }

    /** What an operator sees. */
    static List<String> listing(JournalQueue queue) throws IOException {
        List<QueuedMail> seen = new ArrayList<>();
        queue.list(Selection.all(), seen::add);
        if (seen.size() != queue.size()) {
            throw new IOException("What cannot be read is not shown.");
        }
        List<String> lines = new ArrayList<>();
        for (QueuedMail mail : seen) {
            String start = start(mail.id().text(), mail.arrival(), mail.size(), mail.from());
            for (QueuedRecipient one : mail.recipients()) {
                lines.add(
                        start
                                + line(
                                        one.recipient().address().toString(),
                                        one.destination(),
                                        one.state(),
                                        one.attempts(),
                                        one.lastReply())
                                + " "
                                + one.nextAttempt());
            }
        }
        return lines.stream().sorted().toList();
    }

    private static String start(String id, Instant arrival, long size, ReversePath from) {
        return id + " " + arrival + " " + size + " <" + from + "> ";
    }

    private static String line(
            String address, Destination line, Object state, int attempts, Optional<Reply> reply) {
        return address + " " + line + " " + state + " " + attempts + " " + reply;
    }

    /** What all leases together are to show. */
    List<String> work() {
        List<String> lines = new ArrayList<>();
        mails.forEach((id, mail) -> lines.addAll(work(id, mail, mail.pending.keySet())));
        return lines.stream().sorted().toList();
    }

    /** What the lease is to show. */
    List<String> workOf(Lease lease) {
        Mail mail = mails.get(lease.id().text());
        return mail == null
                ? List.of()
                : work(
                        lease.id().text(),
                        mail,
                        lease.work().stream().map(one -> one.recipient().toString()).toList());
    }

    private static List<String> work(String id, Mail mail, Collection<String> addresses) {
        List<String> lines = new ArrayList<>();
        for (String address : addresses) {
            Recipient one = mail.pending.get(address);
            lines.add(
                    one == null
                            ? id + " " + address + " has ended"
                            : start(id, mail.mail.arrival(), mail.size, mail.mail.envelope().from())
                                    + line(address, one.line, one.order, one.attempts, one.reply)
                                    + " "
                                    + one.told);
        }
        return lines;
    }

    /** What a lease shows; the content is checked against the one that was written. */
    static List<String> work(Lease lease, HeaderEdits edits) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        lease.content().writeTo(octets);
        String id = lease.id().text();
        int size = sizeOf(octets.toString(StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        content(id, size, edits).writeTo(expected);
        if (!Arrays.equals(octets.toByteArray(), expected.toByteArray())) {
            throw new AssertionError("The content of " + id + " is not what was written.");
        }
        List<String> lines = new ArrayList<>();
        for (PendingRecipient one : lease.work()) {
            lines.add(
                    start(id, lease.arrival(), size, lease.envelope().from())
                            + line(
                                    one.recipient().address().toString(),
                                    lease.destination(),
                                    lease.order(),
                                    one.attempts(),
                                    one.lastReply())
                            + " "
                            + one.delayTold());
        }
        return lines;
    }

    /** The octets of a message, before its edits: they say their number, and follow from the id. */
    static byte[] octets(String id, int size) {
        byte[] octets = new byte[size];
        new SplittableRandom(id.hashCode()).nextBytes(octets);
        byte[] header = ("X-Size: " + size + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(header, 0, octets, 0, header.length);
        return octets;
    }

    private static int sizeOf(String content) {
        int at = content.indexOf("X-Size: ") + 8;
        return Integer.parseInt(content.substring(at, content.indexOf('\r', at)));
    }

    private static Content content(String id, int size, HeaderEdits edits) throws IOException {
        return edits.applyTo(Content.of(octets(id, size)));
    }
}
