package io.embedmta.dns;

import java.io.IOException;
import java.time.Clock;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;

/** Judges replies by DNSSEC (RFC 4035 §5) itself, from trust anchors, whatever the servers say. */
final class Validator implements Questions {
    private final NameServers servers;
    private final TrustAnchors anchors;
    private final Clock clock;
    private final KeyReplies keys;

    Validator(NameServers servers, TrustAnchors anchors, KeyReplies keys, Clock clock) {
        this.servers = servers;
        this.anchors = anchors;
        this.clock = clock;
        this.keys = keys;
    }

    @Override
    public Message ask(Name name, int type, Deadline deadline) throws IOException {
        if (anchors.above(name).isEmpty()) {
            // RFC 4035 §4.3: without an anchor above it, nothing says what it should be.
            Message reply = servers.ask(name, type, deadline);
            reply.getHeader().unsetFlag(Flags.AD);
            return reply;
        }
        return new Validation(servers, anchors, keys, clock, deadline).run(name, type);
    }
}
