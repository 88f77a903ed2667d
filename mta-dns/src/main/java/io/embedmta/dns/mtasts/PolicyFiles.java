package io.embedmta.dns.mtasts;

import io.embedmta.message.MailDomain;
import io.embedmta.tls.StsPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies in a directory, a file for each domain: a line with the version of the form and a check
 * sum, one each with the domain, the id and the second of the fetch, then the lines of the policy.
 * A file is written beside and renamed, so that it is there as a whole or not at all; one that
 * cannot be read is as good as none, and the next policy of the domain takes its place.
 *
 * <p>Thread-safe as long as no two threads save the same domain at once.
 */
final class PolicyFiles {
    private static final Logger log = LoggerFactory.getLogger(PolicyFiles.class);

    private static final String FORM = "embedmta-sts 1 ";

    /** Not of use in a name of a file before a domain, so the two never meet. */
    private static final String FINAL = "sts-";

    private static final String UNFINISHED = "new-";
    private static final long MAX_FILE = 1 << 20;

    private final Path directory;

    private PolicyFiles(Path directory) {
        this.directory = directory;
    }

    /** Those in a directory, which is made if need be. */
    static PolicyFiles in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new PolicyFiles(directory);
    }

    /** All that can be read, in no order; no more than so many. */
    List<KeptPolicy> load(int limit) {
        List<KeptPolicy> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(UNFINISHED)) {
                    // Of a process that ended in between.
                    Files.deleteIfExists(file);
                } else if (all.size() < limit) {
                    load(file, name, all);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn("The MTA-STS policies in {} cannot be read: {}.", directory, e.toString());
        }
        return all;
    }

    private static void load(Path file, String name, List<KeptPolicy> all) {
        try {
            if (!name.startsWith(FINAL) || Files.size(file) > MAX_FILE) {
                throw new IOException("not a file of ours");
            }
            KeptPolicy kept = read(Files.readString(file));
            if (!name.equals(FINAL + kept.domain())) {
                throw new IOException("the policy of " + kept.domain());
            }
            all.add(kept);
        } catch (IOException | RuntimeException | PolicySyntaxException e) {
            log.warn("The MTA-STS policy in {} is ignored: {}.", file, e.getMessage());
        }
    }

    private static KeptPolicy read(String text) throws IOException, PolicySyntaxException {
        String[] head = text.split("\n", 5);
        if (head.length < 5 || !head[0].equals(FORM + sum(text.substring(head[0].length() + 1)))) {
            throw new IOException("the file is damaged");
        }
        StsPolicy policy = PolicyParser.parse(head[4].getBytes(StandardCharsets.UTF_8));
        String domain = MailDomain.of(head[1]).text();
        return new KeptPolicy(
                domain, head[2], Instant.ofEpochSecond(Long.parseLong(head[3])), policy);
    }

    /** Saves a policy, in place of an older one of the domain. */
    void save(KeptPolicy kept) {
        Path unfinished = directory.resolve(UNFINISHED + kept.domain());
        String rest =
                kept.domain()
                        + "\n"
                        + kept.id()
                        + "\n"
                        + kept.fetched().getEpochSecond()
                        + "\n"
                        + String.join("\n", kept.policy().lines());
        try {
            write(unfinished, FORM + sum(rest) + "\n" + rest);
            Files.move(unfinished, file(kept.domain()), StandardCopyOption.ATOMIC_MOVE);
            syncDirectory();
        } catch (IOException e) {
            log.warn("The MTA-STS policy of {} cannot be saved: {}.", kept.domain(), e.toString());
        }
    }

    private static void write(Path file, String text) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (octets.hasRemaining()) {
                out.write(octets);
            }
            out.force(true);
        }
    }

    /** Where a directory can be opened as a file; else (Windows) the system does as it will. */
    private void syncDirectory() throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    void delete(String domain) {
        try {
            Files.deleteIfExists(file(domain));
        } catch (IOException e) {
            log.warn("The MTA-STS policy of {} cannot be deleted: {}.", domain, e.toString());
        }
    }

    /**
     * A domain is letters, digits, hyphens and inner dots, in lower case, and short enough to be
     * asked for in DNS with a label in front.
     */
    private Path file(String domain) {
        return directory.resolve(FINAL + domain);
    }

    private static String sum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
