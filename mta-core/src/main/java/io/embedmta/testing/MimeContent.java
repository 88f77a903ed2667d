package io.embedmta.testing;

import io.embedmta.message.Content;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
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

    private final List<String> texts = new ArrayList<>();
    private final List<String> htmls = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();

    private MimeContent() {}

    static MimeContent of(MimeMessage message) {
        try {
            MimeContent parts = new MimeContent();
            parts.add(message, 0);
            return parts;
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
    }

    /** The subject alone, without a look at the parts; empty if there is none. */
    static String subject(MimeMessage message) {
        try {
            String subject = message.getSubject();
            return subject == null ? "" : subject;
        } catch (MessagingException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
    }

    static List<String> headers(MimeMessage message, String name) {
        try {
            String[] values = message.getHeader(name);
            List<String> decoded = new ArrayList<>();
            for (String value : values == null ? new String[0] : values) {
                decoded.add(value(value));
            }
            return decoded;
        } catch (MessagingException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
    }

    /** What a field says, unfolded and decoded. */
    static String value(String raw) {
        return decoded(MimeUtility.unfold(raw));
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
            List<BodyPart> children = children(part);
            for (BodyPart child : children) {
                add(child, depth + 1);
            }
            if (!children.isEmpty()) {
                return;
            }
            // RFC 2046 §5.1.1 is not kept to, so what there is has no parts.
            type = new ContentType("text/plain");
        }
        String name = fileName(part);
        boolean file = isAttachment(part) || !name.isEmpty();
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

    /** Empty if they cannot be told apart. */
    private static List<BodyPart> children(Part part) {
        List<BodyPart> children = new ArrayList<>();
        try {
            if (part.getContent() instanceof Multipart multipart) {
                for (int i = 0; i < multipart.getCount(); i++) {
                    children.add(multipart.getBodyPart(i));
                }
            }
        } catch (MessagingException | IOException e) {
            return List.of();
        }
        return children;
    }

    private static String fileName(Part part) throws MessagingException {
        try {
            String name = part.getFileName();
            return name == null ? "" : decoded(name);
        } catch (jakarta.mail.internet.ParseException e) {
            return "";
        }
    }

    private static boolean isAttachment(Part part) throws MessagingException {
        try {
            return Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
        } catch (jakarta.mail.internet.ParseException e) {
            // RFC 2183 §2.8: what is not known is an attachment.
            return true;
        }
    }

    /** Decoded, or as they were sent where that cannot be. */
    private static byte[] octets(Part part) throws MessagingException, IOException {
        try (InputStream in = part.getInputStream()) {
            return in.readAllBytes();
        } catch (MessagingException | IOException e) {
            try (InputStream in = raw(part)) {
                return in.readAllBytes();
            }
        }
    }

    private static InputStream raw(Part part) throws MessagingException {
        return part instanceof MimeMessage message
                ? message.getRawInputStream()
                : ((MimeBodyPart) part).getRawInputStream();
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
