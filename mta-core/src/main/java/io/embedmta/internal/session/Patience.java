package io.embedmta.internal.session;

import io.embedmta.listener.SmtpLimits;
import io.embedmta.smtp.Reply;

/** How much of a client's errors a session still bears. For one thread. */
final class Patience {
    /** Commands that move nothing on, until each more of them counts as an error. */
    private static final int IDLE_COMMANDS = 100;

    private final SmtpLimits limits;
    private int errors;
    private int deferrals;
    private int idleCommands;

    Patience(SmtpLimits limits) {
        this.limits = limits;
    }

    /**
     * A refusal for good is the client's error. A deferral need not be, so a whole transaction's
     * recipients may be deferred before more of them count: greylisting does that to honest
     * clients. Too many recipients in one transaction never count, as the client is to send the
     * rest in another (RFC 5321 §4.5.3.1.10).
     */
    void take(Reply reply) {
        if (reply.isPermanent()) {
            errors++;
        } else if (reply.isTransient() && !reply.equals(Replies.TOO_MANY_RECIPIENTS)) {
            deferrals++;
            errors += deferrals > limits.recipients() ? 1 : 0;
        }
    }

    /** A command that moves nothing on. */
    void takeIdleCommand() {
        idleCommands++;
        errors += idleCommands > IDLE_COMMANDS ? 1 : 0;
    }

    boolean isOver() {
        return errors >= limits.errors();
    }

    /** A message was accepted: a client that sends mail is forgiven its errors. */
    void forgive() {
        errors = 0;
        deferrals = 0;
        idleCommands = 0;
    }
}
