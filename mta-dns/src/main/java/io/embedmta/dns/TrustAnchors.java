package io.embedmta.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.TrustAnchorStore;

/**
 * The keys that the validation of DNSSEC begins with, as DS or DNSKEY records (RFC 4033 §2). No
 * anchor lies below another: who is insecure by the one above could be taken for insecure by the
 * one below.
 */
record TrustAnchors(List<Record> records) {
    /** How unbound-anchor and unbound mark a key that is valid, or missing for a while. */
    private static final Pattern STATE = Pattern.compile(";;state=(\\d)");

    private static final List<String> TRUSTED_STATES = List.of("2", "3");

    /** RFC 5011 §3: a key that its owner has revoked. */
    private static final int REVOKED = 0x80;

    TrustAnchors {
        records = List.copyOf(records);
    }

    /**
     * Reads a file in the form of a zone file (RFC 1035 §5).
     *
     * @throws IllegalArgumentException if it holds no anchor, or something else
     * @throws UncheckedIOException if it cannot be read
     */
    static TrustAnchors read(Path file) {
        String text;
        try {
            text =
                    Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                            .filter(TrustAnchors::isTrusted)
                            .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the trust anchors in " + file, e);
        }
        List<Record> records = parse(text, file);
        checkThatNoneIsBelowAnother(records, file);
        return new TrustAnchors(records);
    }

    /** RFC 5011 §4: a new key counts once it has been seen for a month; the state says so. */
    private static boolean isTrusted(String line) {
        Matcher state = STATE.matcher(line);
        return !state.find() || TRUSTED_STATES.contains(state.group(1));
    }

    private static List<Record> parse(String text, Path file) {
        List<Record> records = new ArrayList<>();
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        try (Master master = new Master(new ByteArrayInputStream(octets), Name.root, 0)) {
            for (Record next = master.nextRecord(); next != null; next = master.nextRecord()) {
                if (isAnchor(next)) {
                    records.add(next);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "Give trust anchors as lines of a zone file, not as in "
                            + file
                            + ": "
                            + e.getMessage(),
                    e);
        }
        if (records.isEmpty()) {
            throw new IllegalArgumentException(
                    "Give a file with the DS or DNSKEY records of a trust anchor, such as the"
                            + " root.key of unbound; "
                            + file
                            + " has none.");
        }
        return records;
    }

    /** By type: what a zone would like its parent to publish (CDS, CDNSKEY) is no anchor. */
    private static boolean isAnchor(Record record) {
        if (record.getDClass() != DClass.IN) {
            return false;
        }
        return record.getType() == Type.DS
                || (record.getType() == Type.DNSKEY
                        && record instanceof DNSKEYRecord key
                        && (key.getFlags() & REVOKED) == 0);
    }

    private static void checkThatNoneIsBelowAnother(List<Record> records, Path file) {
        for (Record lower : records) {
            for (Record upper : records) {
                if (!lower.getName().equals(upper.getName())
                        && lower.getName().subdomain(upper.getName())) {
                    throw new IllegalArgumentException(
                            "Give trust anchors of which none lies below another: in "
                                    + file
                                    + ", "
                                    + lower.getName()
                                    + " lies below "
                                    + upper.getName());
                }
            }
        }
    }

    /** The anchor that a name is or lies below; nothing cannot be validated without one. */
    Optional<Name> above(Name name) {
        return records.stream().map(Record::getName).filter(name::subdomain).findFirst();
    }

    /** Puts these in the place of what the store has. */
    void replace(TrustAnchorStore store) {
        store.clear();
        for (Record record : records) {
            store.store(new RRset(record));
        }
    }
}
