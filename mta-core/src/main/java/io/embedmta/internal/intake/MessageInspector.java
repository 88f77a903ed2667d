package io.embedmta.internal.intake;

import io.embedmta.internal.wire.Octets;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Looks at a message as it passes by: its octets above 127, how many {@code Received} fields it
 * has, whether it waives TLS, and whether it has a date and an identifier. Keeps nothing of it.
 */
final class MessageInspector extends OutputStream {
    private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};

    private final OutputStream next;
    private final TlsRequiredField tlsRequired = new TlsRequiredField();
    private final FieldFinder date = new FieldFinder("date");
    private final FieldFinder messageId = new FieldFinder("message-id");
    private boolean eightBitBody;
    private int headerBits;
    private int receivedFields;
    private boolean inHeader = true;

    /** How many octets of {@link #RECEIVED} the current line began with. */
    private int matched;

    private int lineLength;

    MessageInspector(OutputStream next) {
        this.next = next;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        int end = offset + length;
        int body = inHeader ? header(octets, offset, end) : offset;
        eightBitBody |= Octets.hasEightBit(octets, body, end);
        next.write(octets, offset, length);
    }

    /** Returns where the body begins, or the end. */
    private int header(byte[] octets, int from, int end) {
        for (int i = from; i < end; i++) {
            byte octet = octets[i];
            headerBits |= octet;
            if (octet == '\n') {
                if (lineLength == 0) {
                    inHeader = false;
                    return i + 1;
                }
                lineLength = 0;
                matched = 0;
            } else if (octet != '\r') {
                match(octet);
                tlsRequired.take(octet, lineLength);
                date.take(octet, lineLength);
                messageId.take(octet, lineLength);
                lineLength++;
            }
        }
        return end;
    }

    private void match(byte octet) {
        if (matched != lineLength || matched >= RECEIVED.length) {
            return;
        }
        if ((octet | 0x20) == RECEIVED[matched] || octet == RECEIVED[matched]) {
            matched++;
            if (matched == RECEIVED.length) {
                receivedFields++;
            }
        }
    }

    /** Whether there is an octet above 127. */
    boolean hasEightBit() {
        return eightBitBody || hasEightBitHeader();
    }

    /** Whether there is one in the header section. */
    boolean hasEightBitHeader() {
        return headerBits < 0;
    }

    /** Whether it says {@code TLS-Required: No} (RFC 8689 §3). */
    boolean waivesTls() {
        return tlsRequired.isFound();
    }

    boolean hasDate() {
        return date.isFound();
    }

    boolean hasMessageId() {
        return messageId.isFound();
    }

    int receivedFields() {
        return receivedFields;
    }
}
