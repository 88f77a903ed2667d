package io.embedmta.examples.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A relay's answer to a request, in blocks, so that an answer that was cut off is not taken for a
 * whole one:
 *
 * <pre>
 * 0  '+' a part of the answer, '.' its end, '!' why there is none, or no more of it
 * 1  length   2 octets, unsigned
 * 3  that many octets, UTF-8
 * </pre>
 */
final class ControlAnswer {
    private static final int HEADER = 3;
    private static final int MAX_BLOCK = 8192;

    private ControlAnswer() {}

    /** Copies an answer to its end; fails with the relay's own words where it did. */
    static void copy(ControlConnection from, OutputStream out) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        while (true) {
            from.readFully(header.clear());
            byte kind = header.get();
            ByteBuffer block = ByteBuffer.allocate(Short.toUnsignedInt(header.getShort()));
            from.readFully(block);
            switch (kind) {
                case '+' -> out.write(block.array());
                case '.' -> {
                    return;
                }
                case '!' -> throw new IOException(StandardCharsets.UTF_8.decode(block).toString());
                default -> throw new IOException("the relay speaks another language");
            }
        }
    }

    /** Where an answer is written. */
    static final class Writing extends OutputStream {
        private final ControlConnection to;

        Writing(ControlConnection to) {
            this.to = to;
        }

        @Override
        public void write(int octet) throws IOException {
            block('+', new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            for (int from = 0; from < length; from += MAX_BLOCK) {
                block('+', octets, offset + from, Math.min(MAX_BLOCK, length - from));
            }
        }

        void end() throws IOException {
            block('.', new byte[0], 0, 0);
        }

        void fail(String reason) throws IOException {
            byte[] octets = reason.getBytes(StandardCharsets.UTF_8);
            block('!', octets, 0, Math.min(MAX_BLOCK, octets.length));
        }

        private void block(char kind, byte[] octets, int offset, int length) throws IOException {
            ByteBuffer block = ByteBuffer.allocate(HEADER + length);
            block.put((byte) kind).putShort((short) length).put(octets, offset, length);
            to.writeFully(block.flip());
        }
    }
}
