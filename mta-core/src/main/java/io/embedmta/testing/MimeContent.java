package io.embedmta.testing;

import io.embedmta.message.Content;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a message, as a reader sees them. What is malformed is shown as it is rather than
 * refused: a test wants to see it.
 */
final class MimeContent {
    /** Deeper than any client nests; a message must not exhaust the stack. */
    private static final int MAX_DEPTH = 50;

    private final String subject;
    private final List<String> texts = new ArrayList<>();
    private final List<String> htmls = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();

    private MimeContent(String subject) {
        this.subject = subject;
    }

    static MimeContent of(MimeMessage message) {
        try {
            String subject = message.getSubject();
            MimeContent parts = new MimeContent(subject == null ? "" : subject);
            parts.add(message, 0);
            return parts;
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
    }

    static List<String> headers(MimeMessage message, String name) {
        try {
            String[] values = message.getHeader(name);
            List<String> decoded = new ArrayList<>();
            for (String value : values == null ? new String[0] : values) {
                decoded.add(decoded(MimeUtility.unfold(value)));
            }
            return decoded;
        } catch (MessagingException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
    }

    private static String decoded(String value) {
        try {
            return MimeUtility.decodeText(value);
        } catch (UnsupportedEncodingException e) {
            return value;
        }
    }

    private void add(Part part, int depth) throws MessagingException, IOException {
        ContentType type = type(part);
        if (type.match("multipart/*") && depth < MAX_DEPTH) {
            Object content = part.getContent();
            if (content instanceof Multipart multipart) {
                for (int i = 0; i < multipart.getCount(); i++) {
                    BodyPart child = multipart.getBodyPart(i);
                    add(child, depth + 1);
                }
                return;
            }
        }
        String name = part.getFileName() == null ? "" : decoded(part.getFileName());
        boolean file = Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition()) || !name.isEmpty();
        if (!file && type.match("text/plain")) {
            texts.add(text(part, type));
        } else if (!file && type.match("text/html")) {
            htmls.add(text(part, type));
        } else {
            attachments.add(
                    new Attachment(
                            name,
                            type.getBaseType().toLowerCase(Locale.ROOT),
                            Content.of(octets(part))));
        }
    }

    /** RFC 2045 §5.2: what cannot be understood is plain text. */
    private static ContentType type(Part part) throws MessagingException {
        try {
            return new ContentType(part.getContentType());
        } catch (jakarta.mail.internet.ParseException e) {
            return new ContentType("text/plain");
        }
    }

    private static byte[] octets(Part part) throws MessagingException, IOException {
        try (InputStream in = part.getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static String text(Part part, ContentType type) throws MessagingException, IOException {
        return new String(octets(part), charset(type.getParameter("charset")));
    }

    private static Charset charset(@Nullable String name) {
        try {
            return name == null
                    ? StandardCharsets.UTF_8
                    : Charset.forName(MimeUtility.javaCharset(name));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    String subject() {
        return subject;
    }

    String text() {
        return String.join("\r\n", texts);
    }

    String html() {
        return String.join("\r\n", htmls);
    }

    List<Attachment> attachments() {
        return List.copyOf(attachments);
    }
}
