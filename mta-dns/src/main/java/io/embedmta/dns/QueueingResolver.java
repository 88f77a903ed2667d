package io.embedmta.dns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TSIG;

/**
 * What dnsjava's validator asks in place of dnsjava's own resolvers, whose thread nobody owns. How
 * to ask is not for the validator to say: every question wants signatures, and no truncated reply
 * is ever given.
 */
final class QueueingResolver implements Resolver {
    private final Validation validation;

    QueueingResolver(Validation validation) {
        this.validation = validation;
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return validation.ask(query);
    }

    @Override
    public void setPort(int port) {}

    @Override
    public void setTCP(boolean flag) {}

    @Override
    public void setIgnoreTruncation(boolean flag) {}

    @Override
    public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

    @Override
    public void setTSIGKey(@Nullable TSIG key) {}

    @Override
    public void setTimeout(Duration timeout) {}
}
