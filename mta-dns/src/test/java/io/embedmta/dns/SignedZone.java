package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;
import org.xbill.DNS.utils.base32;

/**
 * A zone with the signatures that Knot DNS has made, to be served as it stands: so that a test can
 * put it below another, or break it.
 *
 * @param name without the final dot
 */
public record SignedZone(String name, List<Record> records) {
    private static final base32 HASHES = new base32(base32.Alphabet.BASE32HEX, false, false);

    /** Copies the list. */
    public SignedZone {
        records = List.copyOf(records);
    }

    /** Signs a zone, with NSEC. */
    public static SignedZone sign(String name, String text) {
        return sign(name, text, false, false);
    }

    /** Signs a zone, with NSEC3. */
    public static SignedZone signWithNsec3(String name, String text) {
        return sign(name, text, true, false);
    }

    /** Signs a zone, with NSEC3 that leaves out unsigned delegations (RFC 5155 §6). */
    public static SignedZone signWithOptOut(String name, String text) {
        return sign(name, text, true, true);
    }

    private static SignedZone sign(String name, String text, boolean nsec3, boolean optOut) {
        try (KnotServer signer =
                KnotServer.builder().zone(name, text).signing(nsec3, optOut).start()) {
            ZoneTransferIn transfer =
                    ZoneTransferIn.newAXFR(Name.fromString(name + "."), signer.address(), null);
            transfer.run();
            List<Record> records = transfer.getAXFR();
            // The SOA record comes first and last (RFC 5936 §2.2).
            return new SignedZone(name, records.subList(0, records.size() - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ZoneTransferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a master file. */
    public String text() {
        return records.stream().map(Record::toString).collect(Collectors.joining("\n", "", "\n"));
    }

    /** The zone with every record as the operator makes it, the signatures as they were. */
    public SignedZone with(UnaryOperator<Record> change) {
        return new SignedZone(name, records.stream().map(change).toList());
    }

    /** The line for the zone above. */
    public String ds() {
        return keys().map(
                        key ->
                                new DSRecord(
                                        key.getName(),
                                        key.getDClass(),
                                        300,
                                        DNSSEC.Digest.SHA256,
                                        key))
                .map(Record::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private Stream<DNSKEYRecord> keys() {
        return records.stream()
                .filter(record -> record.getType() == Type.DNSKEY)
                .map(DNSKEYRecord.class::cast);
    }

    /** The records of a name and a type, and their signatures. */
    List<Record> set(String owner, int type) {
        Name name = absolute(owner);
        List<Record> found = SignedSets.ofType(records, type, name::equals);
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no " + Type.string(type) + " at " + owner);
        }
        return found;
    }

    /** The NSEC record that covers a name. */
    List<Record> nsecOver(String name) {
        Name asked = absolute(name);
        for (Record record : records) {
            if (record instanceof NSECRecord nsec
                    && nsec.getName().compareTo(asked) < 0
                    && (asked.compareTo(nsec.getNext()) < 0
                            || nsec.getNext().compareTo(nsec.getName()) <= 0)) {
                return set(nsec.getName().toString(true), Type.NSEC);
            }
        }
        throw new IllegalArgumentException("nothing covers " + name);
    }

    /** The NSEC3 record of a name. */
    List<Record> nsec3Of(String name) {
        String label = HASHES.toString(hash(name)).toLowerCase(Locale.ROOT);
        return set(label + "." + this.name, Type.NSEC3);
    }

    /** The NSEC3 record that covers a name. */
    List<Record> nsec3Over(String name) {
        byte[] asked = hash(name);
        for (Record record : records) {
            if (record instanceof NSEC3Record nsec3) {
                byte[] owner =
                        HASHES.fromString(
                                nsec3.getName().getLabelString(0).toUpperCase(Locale.ROOT));
                boolean behind = Arrays.compareUnsigned(owner, asked) < 0;
                boolean before = Arrays.compareUnsigned(asked, nsec3.getNext()) < 0;
                boolean isLast = Arrays.compareUnsigned(nsec3.getNext(), owner) <= 0;
                if (isLast ? behind || before : behind && before) {
                    return set(nsec3.getName().toString(true), Type.NSEC3);
                }
            }
        }
        throw new IllegalArgumentException("nothing covers " + name);
    }

    private byte[] hash(String name) {
        for (Record record : records) {
            if (record instanceof NSEC3Record nsec3) {
                try {
                    return nsec3.hashName(absolute(name));
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        throw new IllegalArgumentException("no NSEC3 in " + this.name);
    }

    private static Name absolute(String name) {
        return Name.fromConstantString(name + ".");
    }

    /** Writes the keys of zones as trust anchors. */
    public static Path writeAnchors(Path file, SignedZone... zones) {
        try {
            return Files.writeString(
                    file,
                    List.of(zones).stream()
                            .flatMap(SignedZone::keys)
                            .map(Record::toString)
                            .collect(Collectors.joining("\n", "", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
