package io.embedmta.message;

import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The octets of a message, header section and body, as they were received. Sized, and opened as
 * often as anyone likes. Implementations are thread-safe, and each opened stream belongs to its
 * caller, who closes it.
 */
public interface Content extends ContentSource {

    /** How many octets {@link #open} gives. */
    long size();

    /**
     * Opens the content from its start.
     *
     * @throws IOException if it cannot be read; the engine then tries again later
     */
    InputStream open() throws IOException;

    /**
     * Copies the content.
     *
     * @throws IOException if it cannot be read, or the stream fails
     */
    @Override
    default void writeTo(OutputStream out) throws IOException {
        try (InputStream in = open()) {
            in.transferTo(out);
        }
    }

    /** Content of an array, which is copied. */
    static Content of(byte[] bytes) {
        return new ArrayContent(bytes.clone());
    }

    /** Content of part of an array, which is not copied and must not change. */
    static Content wrap(byte[] octets, int offset, int length) {
        return new ArrayContent(octets, offset, length);
    }

    /** Content of a text, in UTF-8. */
    static Content of(String text) {
        return new ArrayContent(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Content of a file, which must not change.
     *
     * @throws IOException if the size of the file cannot be read
     */
    static Content of(Path file) throws IOException {
        return FileContent.of(file);
    }

    /**
     * Content of a Jakarta Mail message, serialised now, with the line ends it has. Left out are
     * the fields that are not for the others' eyes, {@code Bcc} and {@code Resent-Bcc}; {@code
     * Return-Path}, which the last server writes (RFC 5321 §4.4); and {@code Content-Length}, which
     * is wrong after the first hop. It lies on the heap; {@link ContentSource#of(MimeMessage)} does
     * not.
     *
     * @throws IllegalArgumentException if the message cannot be serialised
     */
    static Content of(MimeMessage message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ContentSource.of(message).writeTo(bytes);
        } catch (IOException e) {
            throw new IllegalArgumentException("The message cannot be read to its end.", e);
        }
        return new ArrayContent(bytes.toByteArray());
    }
}
