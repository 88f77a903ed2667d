package io.embedmta.dns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * What a reply has to deny a name with, cut down to what has a say: records of one zone, and of
 * NSEC records those alone that RFC 4035 §5.4 asks for. True records of the zone that speak of
 * other names are a forger's means to deny what there is.
 */
final class Denials {
    /** Three records with some signatures each do; each signature costs a verification. */
    private static final int MAX_RECORDS = 32;

    private static final Name ASTERISK = Name.fromConstantString("*");

    private record Kind(Name owner, int type) {}

    private Denials() {}

    /** The lowest zone that denies: what is above knows nothing of the name. */
    static Optional<Name> lowestZone(List<Record> authority, Predicate<Name> isPossible) {
        return authority.stream()
                .filter(record -> isDenial(record) && record instanceof RRSIGRecord)
                .map(record -> ((RRSIGRecord) record).getSigner())
                .filter(isPossible)
                .max(Comparator.comparingInt(Name::labels));
    }

    /**
     * What a zone has to deny the name with, signatures included.
     *
     * @throws IOException if it holds what no honest reply does
     */
    static List<Record> of(Name zone, List<Record> authority, Name asked) throws IOException {
        List<Record> all = signedBy(zone, authority);
        if (all.size() > MAX_RECORDS) {
            throw new IOException("bogus: more denials than any reply takes");
        }
        List<Record> useful = new ArrayList<>(ofType(all, Type.NSEC3));
        checkChain(useful);
        for (Name owner : owners(ofType(all, Type.NSEC), asked)) {
            all.stream()
                    .filter(record -> record.getRRsetType() == Type.NSEC)
                    .filter(record -> record.getName().equals(owner))
                    .forEach(useful::add);
        }
        return useful;
    }

    private static List<Record> signedBy(Name zone, List<Record> authority) {
        Set<Kind> signed = new HashSet<>();
        for (Record record : authority) {
            if (record instanceof RRSIGRecord signature && signature.getSigner().equals(zone)) {
                signed.add(new Kind(signature.getName(), signature.getTypeCovered()));
            }
        }
        return authority.stream()
                .filter(Denials::isDenial)
                .filter(
                        record ->
                                record instanceof RRSIGRecord signature
                                        ? signature.getSigner().equals(zone)
                                        : signed.contains(
                                                new Kind(record.getName(), record.getType())))
                .toList();
    }

    private static boolean isDenial(Record record) {
        return record.getRRsetType() == Type.NSEC || record.getRRsetType() == Type.NSEC3;
    }

    private static List<Record> ofType(List<Record> all, int type) {
        return all.stream().filter(record -> record.getRRsetType() == type).toList();
    }

    /**
     * RFC 5155 §8.2 lets a reply with NSEC3 records of several chains be ignored. The validator
     * would take it for insecure, and who kept a record of last year's chain could bring that
     * about.
     */
    private static void checkChain(List<Record> hashed) throws IOException {
        NSEC3Record first = null;
        for (Record record : hashed) {
            if (record instanceof NSEC3Record denial) {
                first = first == null ? denial : first;
                if (first.getHashAlgorithm() != denial.getHashAlgorithm()
                        || first.getIterations() != denial.getIterations()
                        || !Arrays.equals(first.getSalt(), denial.getSalt())) {
                    throw new IOException("bogus: NSEC3 records that do not belong together");
                }
            }
        }
    }

    /**
     * The owners of the NSEC records that have a say: the one of the name; or the one that covers
     * it, and then the one that is or covers the wildcard that could stand for it.
     */
    private static List<Name> owners(List<Record> ofNsec, Name asked) {
        List<NSECRecord> records = new ArrayList<>();
        for (Record record : ofNsec) {
            if (record instanceof NSECRecord denial) {
                records.add(denial);
            }
        }
        if (records.stream().anyMatch(record -> record.getName().equals(asked))) {
            return List.of(asked);
        }
        Optional<NSECRecord> cover =
                records.stream().filter(record -> covers(record, asked)).findFirst();
        if (cover.isEmpty()) {
            return List.of();
        }
        Name wildcard = wildcard(cover.get(), asked);
        Optional<Name> other =
                records.stream()
                        .filter(r -> r.getName().equals(wildcard) || covers(r, wildcard))
                        .map(Record::getName)
                        .filter(owner -> !owner.equals(cover.get().getName()))
                        .findFirst();
        List<Name> owners = new ArrayList<>(List.of(cover.get().getName()));
        other.ifPresent(owners::add);
        return owners;
    }

    /** RFC 4034 §4.1.1: the last record of a zone leads back to its first name. */
    private static boolean covers(NSECRecord record, Name name) {
        Name owner = record.getName();
        Name next = record.getNext();
        boolean isLast = owner.compareTo(next) >= 0;
        return owner.compareTo(name) < 0
                && (isLast ? name.subdomain(next) : name.compareTo(next) < 0);
    }

    /** Below the closest encloser, which one end of the span is below too (RFC 4592 §3.3.1). */
    private static Name wildcard(NSECRecord cover, Name asked) {
        Name encloser = asked;
        while (!cover.getName().subdomain(encloser) && !cover.getNext().subdomain(encloser)) {
            encloser = new Name(encloser, 1);
        }
        try {
            return Name.concatenate(ASTERISK, encloser);
        } catch (NameTooLongException e) {
            // Then there is none.
            return asked;
        }
    }
}
