package io.embedmta.dns;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
     * What a zone has to say that there is no such record, signatures included.
     *
     * @throws IOException if it holds what no honest reply does, or says that there is one
     */
    static List<Record> ofRecord(Name zone, List<Record> authority, Name asked, int type)
            throws IOException {
        List<Record> all = signedBy(zone, authority);
        return with(useful(nsecOf(all), asked, type), all);
    }

    /**
     * What a zone has to say that there is no such name, so that a wildcard stands for it;
     * signatures included.
     *
     * @throws IOException if it holds what no honest reply does
     */
    static List<Record> ofName(Name zone, List<Record> authority, Name asked) throws IOException {
        List<Record> all = signedBy(zone, authority);
        return with(covering(nsecOf(all), asked).stream().toList(), all);
    }

    /** The NSEC3 records, and these of NSEC in their order, with the signatures of all. */
    private static List<Record> with(List<NSECRecord> nsec, List<Record> all) throws IOException {
        List<Record> useful = SignedSets.ofType(all, Type.NSEC3, owner -> true);
        checkChain(useful);
        for (NSECRecord each : nsec) {
            useful.addAll(SignedSets.ofType(all, Type.NSEC, each.getName()::equals));
        }
        return useful;
    }

    private static List<Record> signedBy(Name zone, List<Record> authority) throws IOException {
        Set<Kind> signed = new HashSet<>();
        for (Record record : authority) {
            if (record instanceof RRSIGRecord signature && signature.getSigner().equals(zone)) {
                signed.add(new Kind(signature.getName(), signature.getTypeCovered()));
            }
        }
        List<Record> all =
                authority.stream()
                        .filter(Denials::isDenial)
                        .filter(
                                record ->
                                        record instanceof RRSIGRecord signature
                                                ? signature.getSigner().equals(zone)
                                                : signed.contains(
                                                        new Kind(
                                                                record.getName(),
                                                                record.getType())))
                        .toList();
        if (all.size() > MAX_RECORDS) {
            throw new IOException("bogus: more denials than any reply takes");
        }
        return all;
    }

    private static boolean isDenial(Record record) {
        return record.getRRsetType() == Type.NSEC || record.getRRsetType() == Type.NSEC3;
    }

    private static List<NSECRecord> nsecOf(List<Record> all) {
        return all.stream()
                .filter(NSECRecord.class::isInstance)
                .map(NSECRecord.class::cast)
                .toList();
    }

    /**
     * RFC 5155 §8.2 lets a reply with NSEC3 records of several chains be ignored. The validator
     * would take it for insecure, and who kept a record of last year's chain could bring that
     * about.
     */
    private static void checkChain(List<Record> all) throws IOException {
        NSEC3Record first = null;
        for (Record record : all) {
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
     * The NSEC records that have a say: the one of the name; or the one that covers it, and then
     * the one that is or covers the wildcard that could stand for it.
     */
    private static List<NSECRecord> useful(List<NSECRecord> all, Name asked, int type)
            throws IOException {
        Optional<NSECRecord> own = at(asked, all, type);
        if (own.isPresent()) {
            return type != Type.DS && isDelegation(own.get())
                    ? ofDelegation(own.get())
                    : List.of(own.get());
        }
        Optional<NSECRecord> cover = covering(all, asked);
        if (cover.isEmpty()) {
            return List.of();
        }
        if (asked.subdomain(cover.get().getName())) {
            refuseIf(cover.get().hasType(Type.DNAME));
            if (isDelegation(cover.get())) {
                return ofDelegation(cover.get());
            }
        }
        Name wildcard = wildcard(cover.get(), asked);
        Optional<NSECRecord> other = at(wildcard, all, type);
        if (other.isEmpty()) {
            other = covering(all, wildcard);
        }
        return Stream.concat(cover.stream(), other.stream()).distinct().toList();
    }

    /** The record of a name; what it lists is there. */
    private static Optional<NSECRecord> at(Name name, List<NSECRecord> all, int type)
            throws IOException {
        Optional<NSECRecord> own =
                all.stream().filter(record -> record.getName().equals(name)).findFirst();
        refuseIf(own.isPresent() && (own.get().hasType(type) || own.get().hasType(Type.CNAME)));
        return own;
    }

    private static boolean isDelegation(NSECRecord record) {
        return record.hasType(Type.NS) && !record.hasType(Type.SOA);
    }

    /**
     * RFC 6840 §4.1: above a delegation nothing is known of what is below, but whether there is a
     * DS set. Without, nothing is signed there, and the validator finds out by itself.
     */
    private static List<NSECRecord> ofDelegation(NSECRecord record) throws IOException {
        refuseIf(record.hasType(Type.DS));
        return List.of();
    }

    private static void refuseIf(boolean wrong) throws IOException {
        if (wrong) {
            throw new IOException("bogus: a denial that says nothing of the name");
        }
    }

    private static Optional<NSECRecord> covering(List<NSECRecord> all, Name name) {
        return all.stream().filter(record -> covers(record, name)).findFirst();
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
