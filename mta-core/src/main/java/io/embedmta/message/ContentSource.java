package io.embedmta.message;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What an application submits: a message that writes itself, once. A {@link Content} has a size and
 * can be read again; this need not, so that a large message is made while it goes into the queue,
 * and never lies on the heap (I5).
 */
@FunctionalInterface
public interface ContentSource {

    /**
     * Writes the whole message, header section and body. The stream stays open.
     *
     * @throws IOException if the message cannot be read, or the stream fails
     */
    void writeTo(OutputStream out) throws IOException;

    /**
     * A Jakarta Mail message, serialised when it is written; it must not change until then. What is
     * left out is told at {@link Content#of(MimeMessage)}.
     *
     * @return a source that throws an {@link IllegalArgumentException} if the message cannot be
     *     serialised
     */
    static ContentSource of(MimeMessage message) {
        return out -> write(message, out);
    }

    private static void write(MimeMessage message, OutputStream out) throws IOException {
        // Jakarta Mail writes line by line, and the queue does not buffer.
        BufferedOutputStream buffered = new BufferedOutputStream(out);
        try {
            message.writeTo(
                    buffered, new String[] {"Bcc", "Resent-Bcc", "Return-Path", "Content-Length"});
        } catch (MessagingException e) {
            throw new IllegalArgumentException(
                    "The message cannot be serialised; complete it and call saveChanges().", e);
        }
        buffered.flush();
    }
}
