package io.embedmta.testing;

import io.embedmta.auth.Identity;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.tls.TlsSession;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * A message that a {@link FakeMail} took: one for each transaction, however many its recipients.
 * Thread-safe; readable until the fake server is closed.
 */
public final class Received {
    private final QueueId id;
    private final Instant at;
    private final Envelope envelope;
    private final Content content;
    private final SessionFacts facts;

    Received(QueueId id, Instant at, Envelope envelope, Content content, SessionFacts facts) {
        this.id = id;
        this.at = at;
        this.envelope = envelope;
        this.content = content;
        this.facts = facts;
    }

    /** The name that the server gave it, as in its reply. */
    public QueueId id() {
        return id;
    }

    /** When it was taken, by the server's clock. */
    public Instant at() {
        return at;
    }

    /** Who it is from and for, with all parameters. */
    public Envelope envelope() {
        return envelope;
    }

    /** The sender of the envelope; empty for the null sender of a bounce. */
    public String sender() {
        return envelope.from().address().map(Object::toString).orElse("");
    }

    /** The recipients of the envelope, those of Bcc included. */
    public List<String> recipients() {
        return envelope.recipients().stream().map(to -> to.address().toString()).toList();
    }

    /** The message octet for octet as the client sent it, without what a server adds. */
    public Content content() {
        return content;
    }

    /** All of {@link #content} on the heap. */
    public byte[] raw() {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The message for Jakarta Mail; a new object each time. */
    public MimeMessage mimeMessage() {
        try (InputStream in = content.open()) {
            return new MimeMessage(Session.getInstance(new Properties()), in);
        } catch (IOException e) {
            throw unreadable(e);
        } catch (MessagingException e) {
            throw new IllegalStateException("The message is no MIME message: " + id, e);
        }
    }

    private static UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException(
                "The message cannot be read; look at it before its FakeMail is closed.", e);
    }

    /** The subject, decoded; empty if there is none. */
    public String subject() {
        return MimeContent.subject(mimeMessage());
    }

    /** The values of all fields of that name, decoded, from top to bottom. */
    public List<String> headers(String name) {
        return MimeContent.headers(mimeMessage(), name);
    }

    /** The plain text, without attachments; empty if there is none. */
    public String text() {
        return MimeContent.of(mimeMessage()).text();
    }

    /** The text in HTML, without attachments; empty if there is none. */
    public String html() {
        return MimeContent.of(mimeMessage()).html();
    }

    /** The attachments, those within the text (inline) included. */
    public List<Attachment> attachments() {
        return MimeContent.of(mimeMessage()).attachments();
    }

    /** The web addresses in the text, plain and HTML, each once, in their order. */
    public List<String> links() {
        MimeContent parts = MimeContent.of(mimeMessage());
        return Findings.links(parts.text(), parts.html());
    }

    /** What looks like a one-time code in the text: four to eight digits that stand alone. */
    public List<String> codes() {
        MimeContent parts = MimeContent.of(mimeMessage());
        return Findings.codes(parts.text().isEmpty() ? parts.html() : parts.text());
    }

    /**
     * What client and server have said in the session so far, a line each, the client's behind
     * {@code "C: "} and the server's behind {@code "S: "}; without passwords and messages. Empty if
     * it was submitted without a socket.
     */
    public List<String> transcript() {
        return facts.transcript();
    }

    /** The TLS of the session; empty if it spoke plain text. */
    public Optional<TlsSession> tls() {
        return facts.tls();
    }

    /** Who the client had proved to be; empty if it did not authenticate. */
    public Optional<Identity> user() {
        return facts.user();
    }

    @Override
    public String toString() {
        return id + " from <" + sender() + "> to " + recipients() + ": \"" + subject() + "\"";
    }
}
