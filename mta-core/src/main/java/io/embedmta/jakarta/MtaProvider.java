package io.embedmta.jakarta;

import io.embedmta.Mta;
import jakarta.mail.Provider;
import jakarta.mail.Session;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells Jakarta Mail of the protocol {@code mta}. Immutable.
 *
 * <p>It is a class of its own, as Jakarta Mail looks for a transport with the class loader of its
 * provider's class too. So the transport is found whatever else the session was made with.
 */
public final class MtaProvider extends Provider {
    static final String PROTOCOL = "mta";

    private final @Nullable Mta agent;

    /** For the service loader: which agent is meant, the host of each connection tells by name. */
    public MtaProvider() {
        this(PROTOCOL, MtaTransport.class, null);
    }

    /** For one session, whose transports of that protocol lead to one agent. */
    MtaProvider(String protocol, Class<? extends MtaTransport> transport, @Nullable Mta agent) {
        super(Type.TRANSPORT, protocol, transport.getName(), "Embedded MTA", null);
        this.agent = agent;
    }

    /**
     * The agent that a session leads to. A session hands its providers on to its transports, but
     * its properties may be shared with others: so it is a provider that knows the agent.
     */
    static Optional<Mta> agentOf(Session session, String protocol) {
        Mta last = null;
        for (Provider provider : session.getProviders()) {
            if (provider instanceof MtaProvider ours
                    && ours.agent != null
                    && ours.getProtocol().equals(protocol)) {
                last = ours.agent;
            }
        }
        return Optional.ofNullable(last);
    }
}
