package io.embedmta.store.journal;

import io.embedmta.queue.Order;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What some recipients of a message have come to. It says the whole state of each, not the change,
 * so that reading it twice does no harm.
 *
 * @param number the message's
 */
record StateRecord(long number, List<RecipientState> recipients) {

    StateRecord {
        recipients = List.copyOf(recipients);
    }

    /** The state of one recipient. */
    sealed interface RecipientState {
        /** Its place in the envelope, from 0. */
        int index();
    }

    /** Nothing more is to be done for it. */
    record Ended(int index) implements RecipientState {}

    /**
     * Something is.
     *
     * @param due when
     * @param attempts made so far
     * @param delayTold whether the sender knows of the delay
     * @param held whether an operator holds it back
     * @param order what an operator wants done with it; null for nothing
     * @param reply of the last attempt; null where this record says nothing new of it
     */
    record Waiting(
            int index,
            Instant due,
            int attempts,
            boolean delayTold,
            boolean held,
            @Nullable Order order,
            @Nullable Reply reply)
            implements RecipientState {

        /** The same state with another reply, or saying nothing of it. */
        Waiting withReply(@Nullable Reply other) {
            return new Waiting(index, due, attempts, delayTold, held, order, other);
        }
    }

    private static final int ENDED = 0;
    private static final int WAITING = 1;

    void writeTo(RecordOutput out) {
        out.int64(number);
        out.int32(recipients.size());
        for (RecipientState state : recipients) {
            out.int32(state.index());
            if (state instanceof Waiting waiting) {
                out.octet(WAITING);
                write(out, waiting);
            } else {
                out.octet(ENDED);
            }
        }
    }

    private static void write(RecordOutput out, Waiting waiting) {
        out.instant(waiting.due());
        out.int32(waiting.attempts());
        out.flag(waiting.delayTold());
        out.flag(waiting.held());
        out.octet(code(waiting.order()));
        Reply reply = waiting.reply();
        out.flag(reply != null);
        if (reply != null) {
            out.int32(reply.code());
            out.text(reply.enhanced().map(EnhancedCode::toString).orElse(""));
            out.int32(reply.lines().size());
            reply.lines().forEach(out::text);
        }
    }

    private static int code(@Nullable Order order) {
        if (order == null) {
            return 0;
        }
        return switch (order) {
            case BOUNCE -> 1;
            case REMOVE -> 2;
        };
    }

    private static @Nullable Order order(int code) throws IOException {
        return switch (code) {
            case 0 -> null;
            case 1 -> Order.BOUNCE;
            case 2 -> Order.REMOVE;
            default -> throw new IOException("A record holds an unknown order.");
        };
    }

    static StateRecord read(RecordInput in) throws IOException {
        long number = in.int64();
        List<RecipientState> states = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            int index = in.int32();
            states.add(in.octet() == WAITING ? readWaiting(in, index) : new Ended(index));
        }
        return new StateRecord(number, states);
    }

    private static Waiting readWaiting(RecordInput in, int index) throws IOException {
        return new Waiting(
                index,
                in.instant(),
                in.int32(),
                in.flag(),
                in.flag(),
                order(in.octet()),
                in.flag() ? readReply(in) : null);
    }

    private static Reply readReply(RecordInput in) throws IOException {
        int code = in.int32();
        String enhanced = in.text();
        List<String> lines = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            lines.add(in.text());
        }
        try {
            return enhanced.isEmpty()
                    ? Reply.plain(code, lines)
                    : Reply.of(code, enhanced, lines.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new IOException("A record holds an impossible reply.", e);
        }
    }
}
