package io.embedmta.dns;

import java.time.Duration;
import java.time.Instant;
import org.xbill.DNS.Message;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** How long signatures vouch for a reply. */
final class Signatures {
    private Signatures() {}

    /**
     * RFC 4035 §5.3.3: what is signed is kept no longer than its zone said, for the TTL in a reply
     * is not signed, and no longer than the signature is good.
     *
     * @return seconds, zero or more
     */
    static long secondsLeft(Message reply, Instant now) {
        long left = Long.MAX_VALUE;
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : reply.getSection(section)) {
                if (record instanceof RRSIGRecord signature) {
                    long good = Duration.between(now, signature.getExpire()).toSeconds();
                    left = Math.min(left, Math.min(signature.getOrigTTL(), good));
                }
            }
        }
        return Math.max(0, left);
    }
}
