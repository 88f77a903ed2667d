package io.embedmta.store;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Mailboxes on the heap, for tests and demonstrations: all is gone with the process.
 *
 * <p>The store is bounded. What does not fit is deferred with 4.2.2, so that the engine tries again
 * and nothing is lost in silence; {@link #clear} makes room. Addresses are compared letter for
 * letter.
 *
 * <p>Thread-safe. {@link #close} has nothing to give back: the messages stay readable.
 */
public final class MemoryStore implements MailStore {
    private static final int DEFAULT_MESSAGES = 10_000;
    private static final long DEFAULT_OCTETS = 64L << 20;

    private final @Nullable Set<MailAddress> mailboxes;
    private final int maxMessages;
    private final long maxOctets;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<StoredMail> mails = new ArrayList<>();
    private final Set<Copy> copies = new HashSet<>();
    private long octets;

    /** A message in a mailbox. */
    private record Copy(QueueId id, MailAddress mailbox) {}

    private MemoryStore(@Nullable Set<MailAddress> mailboxes, int maxMessages, long maxOctets) {
        this.mailboxes = mailboxes;
        this.maxMessages = maxMessages;
        this.maxOctets = maxOctets;
    }

    /** A store where any address has a mailbox, of up to 10,000 messages and 64 MiB. */
    public static MemoryStore forAnyone() {
        return new MemoryStore(null, DEFAULT_MESSAGES, DEFAULT_OCTETS);
    }

    /**
     * A store with these mailboxes alone, of up to 10,000 messages and 64 MiB.
     *
     * @throws io.embedmta.smtp.SyntaxException if one is not an address
     */
    public static MemoryStore forMailboxes(String... addresses) {
        Set<MailAddress> mailboxes = new HashSet<>();
        for (String address : addresses) {
            mailboxes.add(MailAddress.of(address));
        }
        return new MemoryStore(Set.copyOf(mailboxes), DEFAULT_MESSAGES, DEFAULT_OCTETS);
    }

    /**
     * An empty store with the same mailboxes and other bounds. A message for two mailboxes counts
     * twice.
     *
     * @param messages at least 1
     * @param totalOctets of all messages together, at least 1
     * @throws IllegalArgumentException if a bound is less
     */
    public MemoryStore limitedTo(int messages, long totalOctets) {
        if (messages < 1 || totalOctets < 1) {
            throw new IllegalArgumentException("Leave room for one message of one octet at least.");
        }
        return new MemoryStore(mailboxes, messages, totalOctets);
    }

    @Override
    public boolean accepts(MailAddress address) {
        return mailboxes == null || mailboxes.contains(address);
    }

    @Override
    public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) throws IOException {
        // What can never fit is not even read.
        Content copy = mail.content().size() > maxOctets ? mail.content() : copy(mail.content());
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        List<Recipient> filed = new ArrayList<>();
        lock.lock();
        try {
            for (Recipient recipient : mail.envelope().recipients()) {
                MailAddress mailbox = recipient.address();
                if (!accepts(mailbox)) {
                    results.put(mailbox, DeliveryResult.failed("5.1.1", "no such mailbox"));
                } else if (copies.contains(new Copy(mail.id(), mailbox))) {
                    results.put(mailbox, DeliveryResult.delivered());
                } else if (copies.size() >= maxMessages || copy.size() > maxOctets - octets) {
                    results.put(mailbox, DeliveryResult.deferred("4.2.2", "the store is full"));
                } else {
                    copies.add(new Copy(mail.id(), mailbox));
                    octets += copy.size();
                    filed.add(recipient);
                    results.put(mailbox, DeliveryResult.delivered());
                }
            }
            if (!filed.isEmpty()) {
                Envelope envelope = mail.envelope().withRecipients(filed);
                mails.add(new StoredMail(mail.id(), envelope, copy));
            }
        } finally {
            lock.unlock();
        }
        return results;
    }

    private static Content copy(Content content) throws IOException {
        try (InputStream in = content.open()) {
            byte[] bytes = in.readAllBytes();
            if (bytes.length != content.size()) {
                throw new IOException(
                        "The content gave " + bytes.length + " octets of " + content.size() + ".");
            }
            return Content.of(bytes);
        }
    }

    /** All messages in the order they came, one for several mailboxes once; a snapshot. */
    public List<StoredMail> messages() {
        lock.lock();
        try {
            return List.copyOf(mails);
        } finally {
            lock.unlock();
        }
    }

    /** The messages of a mailbox in the order they came; a snapshot. */
    public List<StoredMail> messages(MailAddress mailbox) {
        return messages().stream()
                .filter(
                        mail ->
                                mail.envelope().recipients().stream()
                                        .anyMatch(to -> to.address().equals(mailbox)))
                .toList();
    }

    /** Throws all messages away, and forgets that they were ever delivered. */
    public void clear() {
        lock.lock();
        try {
            mails.clear();
            copies.clear();
            octets = 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        // Nothing is held but heap.
    }
}
