package io.embedmta.examples.relay;

import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * For people, in the manner of Postfix's mailq: a line for each message, below it its recipients.
 */
final class TextListing implements Listing {
    private static final String COLUMNS = "%-16s %10s %7s  %s";

    private final Writer out;
    private final Instant now;
    private int messages;
    private long octets;

    TextListing(Writer out, Instant now) {
        this.out = out;
        this.now = now;
    }

    @Override
    public void message(QueuedMail mail) throws IOException {
        if (messages == 0) {
            line(COLUMNS, "ID", "SIZE", "AGE", "SENDER");
        }
        messages++;
        octets += mail.size();
        line(
                COLUMNS,
                mail.id(),
                mail.size(),
                time(Duration.between(mail.arrival(), now)),
                "<" + mail.from() + ">");
        for (QueuedRecipient recipient : mail.recipients()) {
            recipient(recipient);
        }
    }

    private void recipient(QueuedRecipient recipient) throws IOException {
        line(
                "  %-8s <%s>%s%s%s",
                recipient.state().name().toLowerCase(Locale.ROOT),
                recipient.recipient().address(),
                way(recipient),
                attempts(recipient.attempts()),
                recipient.nextAttempt().map(this::next).orElse(""));
        if (recipient.lastReply().isPresent()) {
            line("           %s", recipient.lastReply().get());
        }
    }

    /** The destination, where it is not the domain that one reads anyway. */
    private static String way(QueuedRecipient recipient) {
        String destination = recipient.destination().name();
        boolean byDomain = destination.equals(recipient.recipient().address().domain());
        return byDomain ? "" : " to " + destination;
    }

    private static String attempts(int attempts) {
        return attempts == 0 ? "" : attempts == 1 ? ", 1 attempt" : ", " + attempts + " attempts";
    }

    private String next(Instant at) {
        return at.isAfter(now) ? ", next in " + time(Duration.between(now, at)) : ", due";
    }

    @Override
    public void end() throws IOException {
        line("%s, %d octets", messages(messages), octets);
    }

    static String messages(int count) {
        return count == 1 ? "1 message" : count + " messages";
    }

    /** The two largest units. */
    static String time(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + twoDigits(seconds % 60) + "s";
        }
        long hours = seconds / 3600;
        return hours < 24
                ? hours + "h" + twoDigits(seconds / 60 % 60) + "m"
                : hours / 24 + "d" + twoDigits(hours % 24) + "h";
    }

    private static String twoDigits(long number) {
        return number < 10 ? "0" + number : String.valueOf(number);
    }

    private void line(String format, Object... values) throws IOException {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
