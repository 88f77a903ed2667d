package io.embedmta.dns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Leaves of a reply what answers its question, and what proves that; of a chain of aliases the
 * first link. dnsjava's validator can be relied upon for no more than that: it takes a reply for
 * insecure when any part of it is, and a forger who replays what zones have signed could have it
 * believe what they do not say.
 */
final class ReplyFilter {
    /**
     * Long enough for any look-up: without its key, the validator takes an NSEC3 record for one
     * that may be ignored. The TTL of a reply is not signed.
     */
    private static final long KEY_TTL = 24 * 3600;

    private final TrustAnchors anchors;
    private final Message reply;
    private final Name asked;
    private final int type;
    private final List<Record> answer;
    private final List<Record> authority;

    private ReplyFilter(TrustAnchors anchors, Message reply, Name asked, int type) {
        this.anchors = anchors;
        this.reply = reply;
        this.asked = asked.canonicalize();
        this.type = type;
        this.answer = possible(Section.ANSWER);
        this.authority = possible(Section.AUTHORITY);
    }

    /**
     * What is left of a reply. If the name is an alias, the question is what it is an alias of.
     *
     * @throws IOException if it holds what no honest reply does
     */
    static Message filter(TrustAnchors anchors, Message reply, Name asked, int type)
            throws IOException {
        return new ReplyFilter(anchors, reply, asked, type).run();
    }

    /**
     * The reply's denial without anything to prove it by, for the validator to see whether the name
     * lies where nothing is signed.
     */
    static Message unproved(TrustAnchors anchors, Message reply, Name asked, int type) {
        return new ReplyFilter(anchors, reply, asked, type).unproved();
    }

    private Message run() throws IOException {
        List<Record> records = SignedSets.ofType(answer, type, asked::equals);
        if (hasData(records)) {
            return answered(type, records);
        }
        List<Record> alias = alias();
        if (hasData(alias)) {
            // The validator follows aliases of keys itself, as they are none.
            boolean ofKeys = type == Type.DS || type == Type.DNSKEY;
            return answered(ofKeys ? type : Type.CNAME, alias);
        }
        return denied();
    }

    private static boolean hasData(List<Record> records) {
        return !records.stream().allMatch(RRSIGRecord.class::isInstance);
    }

    /** An alias of the name, and the alias of a tree that it may have been made of (RFC 6672). */
    private List<Record> alias() throws IOException {
        // RFC 6672 §2.3: it is none of the tree's own name.
        List<Record> links =
                SignedSets.ofType(
                        answer,
                        Type.DNAME,
                        owner -> !owner.equals(asked) && isZoneOf(asked, owner));
        List<Record> aliases = SignedSets.ofType(answer, Type.CNAME, asked::equals);
        if (aliases.stream().filter(each -> each.getType() == Type.CNAME).distinct().count() > 1) {
            throw new IOException("bogus: several aliases of one name");
        }
        links.addAll(aliases);
        return links;
    }

    private Message answered(int link, List<Record> records) throws IOException {
        // RFC 6604 §3: the code speaks of the last name of a chain, and this of the first.
        Message left = empty(link, Rcode.NOERROR);
        records.forEach(record -> left.addRecord(record, Section.ANSWER));
        Optional<Name> zone =
                records.stream()
                        .filter(RRSIGRecord.class::isInstance)
                        .map(signature -> ((RRSIGRecord) signature).getSigner())
                        .findFirst();
        if (zone.isPresent()) {
            // Records of a wildcard come with a proof that there are none of the name itself.
            Denials.ofName(zone.get(), authority, asked)
                    .forEach(record -> left.addRecord(record, Section.AUTHORITY));
        }
        return left;
    }

    private Message denied() throws IOException {
        Message left = empty(type, reply.getHeader().getRcode());
        Optional<Name> zone = Denials.lowestZone(authority, signer -> isZoneOf(asked, signer));
        SignedSets.ofType(
                        authority,
                        Type.SOA,
                        owner -> zone.map(owner::equals).orElse(isZoneOf(asked, owner)))
                .forEach(record -> left.addRecord(record, Section.AUTHORITY));
        if (zone.isPresent()) {
            Denials.ofRecord(zone.get(), authority, asked, type)
                    .forEach(record -> left.addRecord(record, Section.AUTHORITY));
        }
        // RFC 2308 §2.2: there are servers that send no SOA.
        return left.getSection(Section.AUTHORITY).isEmpty() ? unproved() : left;
    }

    /** Without a record of the name there, the validator would not know where to look. */
    private Message unproved() {
        Message left = empty(type, reply.getHeader().getRcode());
        left.addRecord(
                new SOARecord(asked, DClass.IN, 0, Name.root, Name.root, 0, 0, 0, 0, 0),
                Section.AUTHORITY);
        return left;
    }

    private Message empty(int link, int rcode) {
        Message left = new Message(reply.getHeader().getID());
        left.getHeader().setRcode(rcode);
        for (int flag : new int[] {Flags.QR, Flags.RD, Flags.RA}) {
            left.getHeader().setFlag(flag);
        }
        left.addRecord(Record.newRecord(asked, link, DClass.IN), Section.QUESTION);
        return left;
    }

    /** RFC 1035 §3.2.4: the other classes are other name spaces, and nobody asks in them. */
    private List<Record> possible(int section) {
        List<Record> records = new ArrayList<>();
        for (Record record : reply.getSection(section)) {
            if (record.getDClass() == DClass.IN
                    && (!(record instanceof RRSIGRecord signature) || isPossible(signature))) {
                records.add(inOneSpelling(record));
            }
        }
        return records;
    }

    /** RFC 4035 §5.3.1: it is the owner's zone that signs, so a name at or above the owner. */
    private boolean isPossible(RRSIGRecord signature) {
        return isZoneOf(signature.getName(), signature.getSigner())
                && (!standsForItselfAlone(signature.getTypeCovered())
                        || signature.getLabels() == ownLabels(signature.getName()));
    }

    /** Of these a wildcard has nothing to give to the names that it stands for (RFC 4592 §4). */
    private static boolean standsForItselfAlone(int covered) {
        return switch (covered) {
            case Type.NSEC, Type.NSEC3, Type.SOA, Type.DS, Type.DNSKEY -> true;
            default -> false;
        };
    }

    /** RFC 4034 §3.1.3: without the root's, nor a wildcard's asterisk. */
    private static int ownLabels(Name name) {
        return name.labels() - (name.isWild() ? 2 : 1);
    }

    /** A name at or above another, but not above its anchor, where nothing vouches for anything. */
    private boolean isZoneOf(Name name, Name zone) {
        return name.subdomain(zone) && anchors.above(name).map(zone::subdomain).orElse(true);
    }

    /**
     * The same record, its owner and signer in lower case: the validator keeps keys by their
     * spelling. A key, and the signature of keys, has a TTL that lasts for the work.
     */
    private static Record inOneSpelling(Record record) {
        boolean ofKeys = record.getRRsetType() == Type.DNSKEY;
        if (!ofKeys && !(record instanceof RRSIGRecord) && isLowerCase(record.getName())) {
            return record;
        }
        return Record.newRecord(
                record.getName().canonicalize(),
                record.getType(),
                record.getDClass(),
                ofKeys ? KEY_TTL : record.getTTL(),
                record.rdataToWireCanonical());
    }

    private static boolean isLowerCase(Name name) {
        return name.toString().equals(name.canonicalize().toString());
    }
}
