package io.embedmta.dns.tlsrpt;

import io.embedmta.message.QueueId;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Days in a file, so that a restart does not lose them: eight octets with a check sum, then a
 * version and the days. It is written beside and renamed. One that is damaged is named in the log,
 * and counting begins anew: reports are statistics, and no mail depends on them.
 */
final class StateFile {
    private static final Logger log = LoggerFactory.getLogger(StateFile.class);

    private static final int VERSION = 2;
    private static final long MAX_FILE = 256L << 20;

    private final Path directory;

    private StateFile(Path directory) {
        this.directory = directory;
    }

    /** What was saved. */
    record State(List<Day> days, Set<QueueId> own) {}

    /** That in a directory, which is made if need be. */
    static StateFile in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new StateFile(directory);
    }

    private Path file() {
        return directory.resolve("tls-reports");
    }

    State load() {
        try {
            if (Files.exists(file())) {
                if (Files.size(file()) > MAX_FILE) {
                    throw new IOException("the file is too large");
                }
                return decode(Files.readAllBytes(file()));
            }
        } catch (IOException | RuntimeException e) {
            log.warn("The TLS reports in {} are lost: {}.", file(), e.toString());
        }
        return new State(List.of(), Set.of());
    }

    void save(byte[] octets) {
        Path unfinished = directory.resolve("tls-reports.new");
        try {
            try (FileChannel out =
                    FileChannel.open(
                            unfinished,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(octets);
                while (left.hasRemaining()) {
                    out.write(left);
                }
                out.force(true);
            }
            Files.move(unfinished, file(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.warn("The TLS reports cannot be saved in {}: {}.", file(), e.toString());
        }
    }

    static byte[] encode(List<Day> days, Set<QueueId> own) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            out.writeLong(0);
            out.writeInt(VERSION);
            out.writeInt(own.size());
            for (QueueId id : own) {
                out.writeUTF(id.toString());
            }
            out.writeInt(days.size());
            for (Day day : days) {
                write(day, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        byte[] all = octets.toByteArray();
        ByteBuffer.wrap(all).putLong(sum(all));
        return all;
    }

    private static void write(Day day, DataOutputStream out) throws IOException {
        out.writeLong(day.date.toEpochDay());
        out.writeUTF(day.unique);
        out.writeLong(day.lost);
        out.writeInt(day.domains.size());
        for (Map.Entry<String, Map<PolicyResults.Policy, PolicyResults>> domain :
                day.domains.entrySet()) {
            out.writeUTF(domain.getKey());
            out.writeInt(domain.getValue().size());
            for (Map.Entry<PolicyResults.Policy, PolicyResults> each :
                    domain.getValue().entrySet()) {
                PolicyResults.Policy policy = each.getKey();
                out.writeUTF(policy.type().name());
                write(policy.lines(), out);
                write(policy.patterns(), out);
                out.writeUTF(policy.domain());
                write(each.getValue(), out);
            }
        }
    }

    private static void write(List<String> texts, DataOutputStream out) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static void write(PolicyResults results, DataOutputStream out) throws IOException {
        out.writeLong(results.successes);
        out.writeLong(results.failures);
        out.writeInt(results.details.size());
        for (Map.Entry<PolicyResults.Failure, Long> each : results.details.entrySet()) {
            PolicyResults.Failure failure = each.getKey();
            out.writeUTF(failure.kind().name());
            out.writeUTF(failure.local());
            out.writeUTF(failure.remote());
            out.writeUTF(failure.exchanger());
            out.writeUTF(failure.detail());
            out.writeLong(each.getValue());
        }
    }

    static State decode(byte[] octets) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
        if (in.readLong() != sum(octets) || in.readInt() != VERSION) {
            throw new IOException("the file is damaged, or of another version");
        }
        Set<QueueId> own = new LinkedHashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            own.add(new QueueId(in.readUTF()));
        }
        List<Day> days = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            days.add(readDay(in));
        }
        return new State(days, own);
    }

    private static Day readDay(DataInputStream in) throws IOException {
        Day day = new Day(LocalDate.ofEpochDay(in.readLong()), in.readUTF());
        day.lost = in.readLong();
        for (int domains = in.readInt(); domains > 0; domains--) {
            String domain = in.readUTF();
            for (int policies = in.readInt(); policies > 0; policies--) {
                PolicyResults.Policy policy =
                        new PolicyResults.Policy(
                                AppliedPolicy.Type.valueOf(in.readUTF()),
                                readTexts(in),
                                readTexts(in),
                                in.readUTF());
                day.restore(domain, policy, readResults(in));
            }
        }
        return day;
    }

    private static List<String> readTexts(DataInputStream in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return List.copyOf(texts);
    }

    private static PolicyResults readResults(DataInputStream in) throws IOException {
        PolicyResults results = new PolicyResults();
        results.successes = in.readLong();
        results.failures = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            PolicyResults.Failure failure =
                    new PolicyResults.Failure(
                            TlsFailure.Kind.valueOf(in.readUTF()),
                            in.readUTF(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readUTF());
            results.details.put(failure, in.readLong());
        }
        return results;
    }

    /** Of all behind the sum itself. */
    private static long sum(byte[] octets) {
        CRC32 sum = new CRC32();
        sum.update(Arrays.copyOfRange(octets, Math.min(8, octets.length), octets.length));
        return sum.getValue();
    }
}
