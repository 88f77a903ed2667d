package io.embedmta.internal.dsn;

import io.embedmta.message.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the original message. Whatever goes wrong with that is an {@link
 * UnreadableMessageException}, to be told from a failure to write the DSN.
 */
final class OriginalInputStream extends FilterInputStream {

    private OriginalInputStream(InputStream in) {
        super(in);
    }

    static InputStream open(Content content) throws UnreadableMessageException {
        try {
            return new OriginalInputStream(content.open());
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(e);
        }
    }

    @Override
    public int read() throws UnreadableMessageException {
        try {
            return super.read();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(e);
        }
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws UnreadableMessageException {
        try {
            return super.read(octets, offset, length);
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(e);
        }
    }

    @Override
    public void close() throws UnreadableMessageException {
        try {
            super.close();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(e);
        }
    }
}
