package io.embedmta.store.maildir;

import io.embedmta.message.Content;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Maildir: {@code tmp} for files being written, {@code new} and {@code cur} for messages. */
record Mailbox(Path directory, Disk disk) {
    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    private Path tmp() {
        return directory.resolve("tmp");
    }

    private Path unseen() {
        return directory.resolve("new");
    }

    private Path seen() {
        return directory.resolve("cur");
    }

    /**
     * Makes what is missing, and makes it durable even if it was there: a process that died may
     * have made it and not synced it.
     */
    void create() throws IOException {
        createWithParents(directory);
        disk.createDirectory(tmp());
        disk.createDirectory(unseen());
        disk.createDirectory(seen());
        disk.syncDirectory(directory);
        syncParent(directory);
    }

    private void createWithParents(Path wanted) throws IOException {
        if (Files.isDirectory(wanted)) {
            return;
        }
        Path parent = wanted.getParent();
        if (parent != null) {
            createWithParents(parent);
        }
        disk.createDirectory(wanted);
        syncParent(wanted);
    }

    private void syncParent(Path child) throws IOException {
        Path parent = child.getParent();
        if (parent != null) {
            disk.syncDirectory(parent);
        }
    }

    /** Delivers the message, unless it is there already. On return it is durable. */
    void deliver(DeliveryMark mark, String fileName, Content content) throws IOException {
        // In this order: a mail reader moves files from new to cur while we look.
        if (holds(unseen(), mark)) {
            // The attempt that put it there may have died before this sync.
            disk.syncDirectory(unseen());
        } else if (holds(seen(), mark)) {
            disk.syncDirectory(seen());
        } else {
            Path draft = tmp().resolve(fileName);
            boolean renamed = false;
            try {
                write(draft, content);
                // Not a link and an unlink, as of old: the mark keeps names apart, and not every
                // file system has links.
                disk.rename(draft, unseen().resolve(fileName));
                renamed = true;
            } finally {
                if (!renamed) {
                    discard(draft);
                }
            }
            disk.syncDirectory(unseen());
        }
    }

    private static boolean holds(Path messages, DeliveryMark mark) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(messages)) {
            for (Path file : files) {
                if (mark.isIn(nameOf(file))) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void write(Path draft, Content content) throws IOException {
        try (FileChannel file = disk.createFile(draft)) {
            disk.write(file, content);
            if (file.position() != content.size()) {
                throw new IOException(
                        "The content gave "
                                + file.position()
                                + " octets of "
                                + content.size()
                                + ".");
            }
            disk.sync(file);
        }
    }

    /**
     * Removes what deliveries that died have left in {@code tmp}: files last written before the
     * limit. Trouble is logged, as it is none of the message's that is being delivered.
     *
     * @param inUse tells the names of files to be left alone
     */
    void sweep(Instant limit, Predicate<String> inUse) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(tmp())) {
            for (Path file : files) {
                if (!inUse.test(nameOf(file)) && isFileFromBefore(limit, file)) {
                    discard(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn("{}: left-over files cannot be removed", tmp(), e);
        }
    }

    private static boolean isFileFromBefore(Instant limit, Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile()
                && attributes.lastModifiedTime().toInstant().isBefore(limit);
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{}: cannot be removed", file, e);
        }
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }
}
