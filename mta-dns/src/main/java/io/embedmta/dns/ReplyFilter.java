package io.embedmta.dns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Takes out of a reply what has no say in its question, before it is validated. dnsjava's validator
 * takes a reply for insecure when any part of it is, so that a forger could add a record, or a
 * signature, of some unsigned zone, or of a class that no anchor is for, and make nothing of
 * DNSSEC.
 */
final class ReplyFilter {
    /** More than a look-up follows. */
    private static final int MAX_ALIASES = 16;

    /**
     * Long enough for any look-up: without its key, the validator takes an NSEC3 record for one
     * that may be ignored. The TTL of a reply is not signed.
     */
    private static final long KEY_TTL = 24 * 3600;

    private final TrustAnchors anchors;
    private final Message reply;
    private final List<Record> answer;
    private final List<Record> authority;
    private final List<Name> names = new ArrayList<>();
    private final Set<Kind> signed = new HashSet<>();

    private record Kind(Name owner, int type) {}

    private ReplyFilter(TrustAnchors anchors, Message reply, Name asked) {
        this.anchors = anchors;
        this.reply = reply;
        this.answer = ofTheInternet(reply, Section.ANSWER);
        this.authority = ofTheInternet(reply, Section.AUTHORITY);
        names.add(asked);
    }

    /** RFC 1035 §3.2.4: the other classes are other name spaces, and nobody asks in them. */
    private static List<Record> ofTheInternet(Message reply, int section) {
        return reply.getSection(section).stream()
                .filter(record -> record.getDClass() == DClass.IN)
                .toList();
    }

    /**
     * What is left of a reply.
     *
     * @throws IOException if it holds what no honest reply does
     */
    static Message filter(TrustAnchors anchors, Message reply, Name asked) throws IOException {
        return new ReplyFilter(anchors, reply, asked).run();
    }

    private Message run() throws IOException {
        followAliases();
        noteSigned();
        checkDenials();
        Message left = new Message(reply.getHeader().getID());
        left.getHeader().setRcode(reply.getHeader().getRcode());
        for (int flag : new int[] {Flags.QR, Flags.AA, Flags.RD, Flags.RA, Flags.CD}) {
            if (reply.getHeader().getFlag(flag)) {
                left.getHeader().setFlag(flag);
            }
        }
        left.addRecord(reply.getQuestion(), Section.QUESTION);
        for (Record record : answer) {
            if (isPossible(record)) {
                left.addRecord(lasting(record), Section.ANSWER);
            }
        }
        for (Record record : authority) {
            if (concerns(record)) {
                left.addRecord(record, Section.AUTHORITY);
            }
        }
        return left;
    }

    private void followAliases() {
        for (int i = 0; i < MAX_ALIASES; i++) {
            Name last = names.get(names.size() - 1);
            for (Record record : answer) {
                if (record instanceof CNAMERecord alias && alias.getName().equals(last)) {
                    names.add(alias.getTarget());
                    break;
                }
            }
            if (names.get(names.size() - 1).equals(last)) {
                return;
            }
        }
    }

    /**
     * Whether a record of an answer may be true: an alias of a whole tree (RFC 6672) stands at or
     * above a name in question, and not where nothing vouches for it.
     */
    private boolean isPossible(Record record) {
        if (record instanceof RRSIGRecord signature) {
            return isPossible(signature);
        }
        return !(record instanceof DNAMERecord) || isInQuestion(record.getName());
    }

    /** RFC 4035 §5.3.1: it is the owner's zone that signs, so a name at or above the owner. */
    private boolean isPossible(RRSIGRecord signature) {
        return isZoneOf(signature.getName(), signature.getSigner());
    }

    /** A name at or above another, but not above its anchor, where nothing vouches for anything. */
    private boolean isZoneOf(Name name, Name zone) {
        return name.subdomain(zone) && anchors.above(name).map(zone::subdomain).orElse(true);
    }

    /** What some zone of a name in question may have signed. */
    private void noteSigned() {
        for (Record record : authority) {
            if (record instanceof RRSIGRecord signature && concerns(signature)) {
                signed.add(new Kind(signature.getName(), signature.getTypeCovered()));
            }
        }
    }

    /** Whether the record's zone, its signer's or else itself, is one of a name in question. */
    private boolean concerns(Record record) {
        if (record instanceof RRSIGRecord signature) {
            return isPossible(signature) && isInQuestion(signature.getSigner());
        }
        return signed.contains(new Kind(record.getName(), record.getType()))
                || isInQuestion(record.getName());
    }

    private boolean isInQuestion(Name zone) {
        return names.stream().anyMatch(name -> isZoneOf(name, zone));
    }

    /**
     * RFC 5155 §8.2 lets a reply with NSEC3 records of several chains be ignored. The validator
     * would take it for insecure, and who kept a record of last year's chain could bring that
     * about.
     */
    private void checkDenials() throws IOException {
        Map<Name, NSEC3Record> firsts = new HashMap<>();
        for (Record record : authority) {
            if (record instanceof NSEC3Record denial) {
                NSEC3Record first =
                        firsts.computeIfAbsent(new Name(denial.getName(), 1), zone -> denial);
                if (first.getHashAlgorithm() != denial.getHashAlgorithm()
                        || first.getIterations() != denial.getIterations()
                        || !Arrays.equals(first.getSalt(), denial.getSalt())) {
                    throw new IOException("bogus: NSEC3 records that do not belong together");
                }
            }
        }
    }

    /** The same record; a key, and the signature of keys, with a TTL that lasts for the work. */
    private static Record lasting(Record record) {
        return record.getRRsetType() == Type.DNSKEY
                ? Record.newRecord(
                        record.getName(),
                        record.getType(),
                        record.getDClass(),
                        KEY_TTL,
                        record.rdataToWireCanonical())
                : record;
    }
}
