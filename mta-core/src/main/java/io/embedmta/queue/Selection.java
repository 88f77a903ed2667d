package io.embedmta.queue;

import io.embedmta.message.Destination;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;

/** Which of the mail in a queue an operator means. */
public sealed interface Selection {

    /** Whether it means those recipients of a message that wait for a destination. */
    boolean includes(QueueId id, ReversePath from, Destination destination);

    /** All that is in the queue now. */
    static Selection all() {
        return new All();
    }

    /** One message. */
    static Selection id(QueueId id) {
        return new ById(id);
    }

    /**
     * What goes to one destination: of a message to several, those recipients alone.
     *
     * @param name the {@linkplain Destination#name destination's name}
     */
    static Selection destination(String name) {
        return new ByDestination(name);
    }

    /** The messages of one sender; of the null sender, our notices and those of others. */
    static Selection sender(ReversePath from) {
        return new BySender(from);
    }

    /** All that is in the queue now. */
    record All() implements Selection {
        @Override
        public boolean includes(QueueId id, ReversePath from, Destination destination) {
            return true;
        }
    }

    /** One message. */
    record ById(QueueId id) implements Selection {
        @Override
        public boolean includes(QueueId id, ReversePath from, Destination destination) {
            return this.id.equals(id);
        }
    }

    /** What goes to the destination of that name. */
    record ByDestination(String name) implements Selection {
        @Override
        public boolean includes(QueueId id, ReversePath from, Destination destination) {
            return name.equals(destination.name());
        }
    }

    /** The messages of one sender. */
    record BySender(ReversePath from) implements Selection {
        @Override
        public boolean includes(QueueId id, ReversePath from, Destination destination) {
            return this.from.equals(from);
        }
    }
}
