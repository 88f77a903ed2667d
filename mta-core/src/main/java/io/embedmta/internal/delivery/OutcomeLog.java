package io.embedmta.internal.delivery;

import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Delivered;
import io.embedmta.event.Discarded;
import io.embedmta.event.Expired;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.tls.HopSecurity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each outcome, in the same words for each, so that it can be searched. */
final class OutcomeLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);

    private OutcomeLog() {}

    static void write(MtaEvent event) {
        if (event instanceof Delivered e) {
            LOG.info("{}: to=<{}> status=delivered ({})", e.queueId(), e.recipient(), e.reply());
        } else if (event instanceof Relayed e) {
            LOG.info(
                    "{}: to=<{}> relay={} {} status=relayed ({})",
                    e.queueId(),
                    e.recipient(),
                    e.remoteMta(),
                    inWords(e.security()),
                    e.reply());
        } else if (event instanceof Deferred e) {
            LOG.info(
                    "{}: to=<{}> status=deferred next={} ({})",
                    e.queueId(),
                    e.recipient(),
                    e.nextAttempt(),
                    e.reply());
        } else if (event instanceof Bounced e) {
            LOG.info("{}: to=<{}> status=bounced ({})", e.queueId(), e.recipient(), e.reply());
        } else if (event instanceof Expired e) {
            LOG.info("{}: to=<{}> status=expired ({})", e.queueId(), e.recipient(), e.reply());
        } else if (event instanceof Discarded e) {
            LOG.info("{}: to=<{}> status=discarded ({})", e.queueId(), e.recipient(), e.reply());
        }
    }

    /** Such as {@code tls=TLSv1.3 verified=dane}, or {@code tls=no (why)}. */
    static String inWords(HopSecurity security) {
        if (security instanceof HopSecurity.Encrypted encrypted) {
            String verified =
                    switch (encrypted.proof()) {
                        case NONE -> "no";
                        case TRUST_ANCHOR -> "trust-anchor";
                        case DANE -> "dane";
                    };
            return "tls=" + encrypted.session().protocol() + " verified=" + verified;
        }
        return "tls=no (" + ((HopSecurity.PlainText) security).why() + ")";
    }
}
