package io.embedmta.store.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The records of one frame. */
record Records(List<MessageRecord> messages, List<StateRecord> states) {

    /**
     * Reads the records of a frame whose checksum is right.
     *
     * @throws IOException if they make no sense to this version
     */
    static Records parse(byte[] octets, int offset, int length) throws IOException {
        List<MessageRecord> messages = new ArrayList<>(1);
        List<StateRecord> states = new ArrayList<>(1);
        RecordInput in = new RecordInput(octets, offset, length);
        while (in.hasMore()) {
            int type = in.octet();
            int version = in.octet();
            RecordInput value = in.part(in.int32());
            if (version != Frame.VERSION || (type != Frame.MESSAGE && type != Frame.STATE)) {
                throw new IOException(
                        "The spool holds a record of type "
                                + type
                                + ", version "
                                + version
                                + ", which this version does not know.");
            }
            if (type == Frame.MESSAGE) {
                messages.add(MessageRecord.read(value));
            } else {
                states.add(StateRecord.read(value));
            }
        }
        return new Records(messages, states);
    }

    /** The record of a message. */
    MessageRecord message(long number) throws IOException {
        for (MessageRecord message : messages) {
            if (message.number() == number) {
                return message;
            }
        }
        throw new IOException("The frame does not hold the message it should.");
    }
}
