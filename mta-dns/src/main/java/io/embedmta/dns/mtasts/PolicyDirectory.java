package io.embedmta.dns.mtasts;

import io.embedmta.message.MailDomain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies as files, one a domain: a first line that names the form, the domain, the id and when it
 * was fetched, then the policy as it was published. A file is written beside its place, synced, and
 * renamed. For one thread at a time.
 */
final class PolicyDirectory implements PolicyStore {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyDirectory.class);

    private static final String FORM = "mta-sts-1";
    private static final String SUFFIX = ".policy";

    private final Path directory;

    PolicyDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<KnownPolicy> readAll(int limit) {
        List<KnownPolicy> all = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                if (all.size() == limit) {
                    break;
                }
                add(all, file);
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            LOG.warn("MTA-STS policies in {} cannot be read: {}", directory, e.toString());
        }
        return all;
    }

    private static void add(List<KnownPolicy> all, Path file) {
        try {
            all.add(parse(Files.readString(file)));
        } catch (IOException | MalformedPolicyException | IllegalArgumentException e) {
            LOG.warn("{} is no MTA-STS policy of ours: {}", file, e.getMessage());
        }
    }

    private static KnownPolicy parse(String text) throws MalformedPolicyException {
        String[] parts = text.split("\n", 2);
        String[] words = parts[0].split(" ", -1);
        if (parts.length != 2 || words.length != 4 || !words[0].equals(FORM)) {
            throw new MalformedPolicyException("its first line is another");
        }
        try {
            return new KnownPolicy(
                    MailDomain.of(words[1]),
                    words[2],
                    Instant.ofEpochSecond(Long.parseLong(words[3])),
                    PolicyText.parse(parts[1]));
        } catch (DateTimeException e) {
            throw new MalformedPolicyException("its time is none");
        }
    }

    @Override
    public void write(KnownPolicy policy) {
        String text =
                FORM
                        + " "
                        + policy.domain()
                        + " "
                        + policy.id()
                        + " "
                        + policy.fetched().getEpochSecond()
                        + "\n"
                        + String.join("\n", policy.policy().lines())
                        + "\n";
        Path place = file(policy.domain());
        try {
            Files.createDirectories(directory);
            Path beside = directory.resolve(place.getFileName() + ".new");
            try (FileChannel out =
                    FileChannel.open(
                            beside,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (octets.hasRemaining()) {
                    out.write(octets);
                }
                out.force(true);
            }
            Files.move(
                    beside,
                    place,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("The MTA-STS policy of {} is not kept: {}", policy.domain(), e.toString());
        }
    }

    @Override
    public void delete(MailDomain domain) {
        try {
            Files.deleteIfExists(file(domain));
        } catch (IOException e) {
            LOG.warn("The old MTA-STS policy of {} stays: {}", domain, e.toString());
        }
    }

    /** By a digest, as a domain may be longer than a name of a file. */
    private Path file(MailDomain domain) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(domain.text().getBytes(StandardCharsets.US_ASCII));
            return directory.resolve(HexFormat.of().formatHex(digest, 0, 16) + SUFFIX);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no SHA-256.", e);
        }
    }
}
