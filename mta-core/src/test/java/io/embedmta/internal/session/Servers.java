package io.embedmta.internal.session;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Agents to talk to: {@code mx.ours.example}, which takes mail for {@code ours.example}. */
final class Servers {

    private Servers() {}

    static MtaBuilder builder(RecordingQueue queue) {
        return Mta.builder("mx.ours.example")
                .queue(queue)
                .store("ours.example", mail -> {})
                .shutdownGrace(Duration.ofSeconds(5));
    }

    static SmtpListener listener() {
        return SmtpListener.on("127.0.0.1", 0);
    }

    static Mta start(RecordingQueue queue) {
        return builder(queue).listener(listener()).start();
    }

    static Mta start(RecordingQueue queue, UnaryOperator<SmtpLimits> limits) {
        return builder(queue)
                .listener(listener().limits(limits.apply(SmtpLimits.defaults())))
                .start();
    }
}
