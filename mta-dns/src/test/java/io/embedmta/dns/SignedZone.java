package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;

/**
 * A zone with the signatures that Knot DNS has made, to be served as it stands: so that a test can
 * put it below another, or break it.
 *
 * @param name without the final dot
 */
public record SignedZone(String name, List<Record> records) {

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
