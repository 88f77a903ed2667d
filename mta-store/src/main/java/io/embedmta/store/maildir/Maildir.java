package io.embedmta.store.maildir;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mailboxes as Maildirs, for any mail reader or IMAP server to read.
 *
 * <pre>{@code
 * builder.store("example.org", Maildir.at(Path.of("mail")))      // mail/ann/{tmp,new,cur}
 * }</pre>
 *
 * <p><b>Mailboxes.</b> A mailbox is a directory in the root, named by the local part in lower case;
 * what is not safe in a file name stands there as {@code %} and hex digits, as in a URI. The domain
 * has no part in it: take one root for each domain whose users differ. Unless {@link #existingOnly}
 * is set, any address has a mailbox, made by its first message; a store that faces the Internet
 * should set it. {@code ann+lists@} is delivered to {@code ann}, unless there is a directory {@code
 * ann+lists}.
 *
 * <p><b>Messages.</b> A message is a file {@code
 * new/seconds.Mmicros-Qid-Rrecipient.localhost,S=octets}, byte for byte as it was received, CRLF
 * included: many deliver agents on Unix turn line ends into LF, but what a signature covers is not
 * ours to change, and mail readers take both. Files are for their owner alone (0600, directories
 * 0700).
 *
 * <p><b>Durability.</b> A message that is reported as delivered is synced, and so are its name and
 * the directories above that were made for it. A delivery that is repeated finds the file by queue
 * id and recipient, in {@code new} or in {@code cur}, and makes no second copy; to look costs a
 * listing of both for each delivery: some 6 ms for 10,000 messages. Where directories cannot be
 * synced (Windows), a message may be back in {@code tmp} or gone after a power failure; a warning
 * in the log says so.
 *
 * <p><b>Trouble.</b> If a message cannot be written to one mailbox, that recipient is deferred and
 * the cause is logged; the others get theirs. A missing root is trouble too under {@link
 * #existingOnly}, not a root without mailboxes: it may be a disk that is not mounted.
 *
 * <p>Immutable and thread-safe; the methods that set something return a changed copy. Several
 * stores and processes may deliver into one root at once. Nothing is held between deliveries, so
 * there is nothing to close.
 */
public final class Maildir implements MailStore {
    private static final Logger log = LoggerFactory.getLogger(Maildir.class);

    /** The Maildir specification's age for what lies in tmp; a delivery takes minutes at most. */
    private static final Duration LEFT_OVER = Duration.ofHours(36);

    /** Of mailboxes known to be ready. To forget one costs a few syncs. */
    private static final int MAX_READY = 10_000;

    private final Path root;
    private final boolean existingOnly;
    private final @Nullable Character separator;
    private final Clock clock;
    private final Disk disk;

    /** When we last swept a mailbox that we have made sure of. */
    private final Map<Path, Instant> ready = new ConcurrentHashMap<>();

    private final Set<DeliveryMark> underWay = ConcurrentHashMap.newKeySet();

    private Maildir(
            Path root,
            boolean existingOnly,
            @Nullable Character separator,
            Clock clock,
            Disk disk) {
        this.root = root;
        this.existingOnly = existingOnly;
        this.separator = separator;
        this.clock = clock;
        this.disk = disk;
    }

    /**
     * A store of the mailboxes in a directory, which the first message makes if it is missing. The
     * separator of subaddresses is {@code +}.
     */
    public static Maildir at(Path root) {
        return at(root, new Disk());
    }

    static Maildir at(Path root, Disk disk) {
        if (!Disk.isPosix(root)) {
            log.warn(
                    "{}: this platform cannot sync a directory, so a power failure may undo the"
                            + " latest deliveries; file modes are left to the platform",
                    root);
        }
        return new Maildir(root.toAbsolutePath(), false, '+', Clock.systemUTC(), disk);
    }

    /** The same store, where an address has a mailbox only if its directory is there. */
    public Maildir existingOnly() {
        return new Maildir(root, true, separator, clock, disk);
    }

    /**
     * The same store with another separator of subaddresses (RFC 5233), such as {@code '-'}.
     *
     * @throws IllegalArgumentException if it is a letter, a digit, or not printable ASCII
     */
    public Maildir subaddressSeparator(char character) {
        if (character <= ' ' || character >= 127 || Character.isLetterOrDigit(character)) {
            throw new IllegalArgumentException(
                    "A separator is an ASCII mark such as '+', no letter, digit or space.");
        }
        return new Maildir(root, existingOnly, character, clock, disk);
    }

    /** The same store without subaddresses: {@code ann+lists} is a mailbox like any other. */
    public Maildir withoutSubaddresses() {
        return new Maildir(root, existingOnly, null, clock, disk);
    }

    /** The same store on another clock, which names files and tells what is left over. */
    public Maildir clock(Clock other) {
        return new Maildir(root, existingOnly, separator, other, disk);
    }

    @Override
    public boolean accepts(MailAddress address) throws IOException {
        return !existingOnly || isDirectory(directoryOf(address));
    }

    @Override
    public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) {
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        for (Recipient recipient : mail.envelope().recipients()) {
            results.put(recipient.address(), deliver(mail, recipient.address()));
        }
        return results;
    }

    private DeliveryResult deliver(LocalMail mail, MailAddress recipient) {
        DeliveryMark mark = DeliveryMark.of(mail.id(), recipient);
        if (!underWay.add(mark)) {
            // Two attempts at once would both find nothing, and make two copies.
            return DeliveryResult.deferred("4.2.0", "the message is being delivered just now");
        }
        try {
            Path directory = directoryOf(recipient);
            if (existingOnly && !isDirectory(directory)) {
                return DeliveryResult.failed("5.1.1", "no such mailbox");
            }
            deliver(mail, mark, directory);
            return DeliveryResult.delivered();
        } catch (IOException e) {
            // A full disk speaks for each message; its stack says nothing more.
            log.warn("{}: cannot be delivered to {} now: {}", mail.id(), recipient, e.toString());
            return deferral(e, mail.content().size());
        } catch (RuntimeException e) {
            log.warn("{}: cannot be delivered to {} now", mail.id(), recipient, e);
            return deferral(e, mail.content().size());
        } finally {
            underWay.remove(mark);
        }
    }

    private void deliver(LocalMail mail, DeliveryMark mark, Path directory) throws IOException {
        Mailbox mailbox = new Mailbox(directory, disk);
        Instant now = clock.instant();
        try {
            makeReady(mailbox, now);
            mailbox.deliver(mark, fileName(now, mark, mail.content().size()), mail.content());
        } catch (IOException | RuntimeException e) {
            // Someone may have removed the directory; the next attempt makes sure of it again.
            ready.remove(directory);
            throw e;
        }
    }

    private void makeReady(Mailbox mailbox, Instant now) throws IOException {
        Instant swept = ready.get(mailbox.directory());
        if (swept != null && now.isBefore(swept.plus(LEFT_OVER))) {
            return;
        }
        if (swept == null) {
            mailbox.create();
        }
        // A test's clock may be days ahead of the disk's: what is under way is never left over.
        mailbox.sweep(
                now.minus(LEFT_OVER), name -> underWay.stream().anyMatch(mark -> mark.isIn(name)));
        if (ready.size() >= MAX_READY) {
            ready.clear();
        }
        ready.put(mailbox.directory(), now);
    }

    /** {@code time.unique.host}; S spares readers a look at the file (Maildir++). */
    private static String fileName(Instant now, DeliveryMark mark, long octets) {
        return now.getEpochSecond()
                + ".M"
                + now.getNano() / 1000
                + mark.text()
                + "localhost,S="
                + octets;
    }

    private Path directoryOf(MailAddress address) throws IOException {
        Path exact = root.resolve(MailboxName.of(address.localPart()));
        MailAddress base = separator == null ? address : address.withoutDetail(separator);
        return base.equals(address) || isDirectory(exact)
                ? exact
                : root.resolve(MailboxName.of(base.localPart()));
    }

    /** Unlike {@link Files#isDirectory}, never takes "cannot tell" for "no". */
    private boolean isDirectory(Path directory) throws IOException {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException e) {
            if (existingOnly && Files.notExists(root)) {
                throw e;
            }
            return false;
        }
    }

    private DeliveryResult deferral(Exception cause, long octets) {
        String reason = reasonOf(cause);
        if (cause instanceof AccessDeniedException) {
            return DeliveryResult.deferred("4.3.0", "the mailbox may not be written");
        } else if (reason.contains("quota")) {
            return DeliveryResult.deferred("4.2.2", "the mailbox is full");
        } else if (reason.contains("No space left") || isFull(octets)) {
            return DeliveryResult.deferred("4.3.1", "the disk is full");
        }
        return DeliveryResult.deferred("4.2.0", "the mailbox cannot be written now");
    }

    private static String reasonOf(Exception cause) {
        // The message of the former begins with the path, which says "quota" for quota@.
        String reason = cause instanceof FileSystemException e ? e.getReason() : cause.getMessage();
        return reason == null ? "" : reason;
    }

    /** The text of an exception is in the language of the platform, so the disk is asked too. */
    private boolean isFull(long octets) {
        try {
            return disk.isFull(root, octets);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        // Nothing is held between deliveries.
    }
}
