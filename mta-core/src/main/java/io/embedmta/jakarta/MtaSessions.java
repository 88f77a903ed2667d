package io.embedmta.jakarta;

import io.embedmta.Mta;
import jakarta.mail.Authenticator;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.Session;
import java.util.List;
import java.util.Properties;

/** Sessions that lead to one agent, for {@link Mta#session()} and its like. */
public final class MtaSessions {

    private MtaSessions() {}

    /**
     * A session whose transport is the agent.
     *
     * @param properties are copied
     */
    public static Session open(Mta agent, Properties properties) {
        return bind(Session.getInstance(withProtocol(properties)), agent);
    }

    /**
     * A session whose transport is the agent. The class loader of the authenticator, by which
     * Jakarta Mail looks for providers, need not know of us.
     *
     * @param properties are copied
     */
    public static Session open(Mta agent, Properties properties, Authenticator authenticator) {
        return bind(Session.getInstance(withProtocol(properties), authenticator), agent);
    }

    private static Session bind(Session session, Mta agent) {
        session.addProvider(new MtaProvider(MtaProvider.PROTOCOL, MtaTransport.class, agent));
        return session;
    }

    private static Properties withProtocol(Properties properties) {
        Properties copy = new Properties();
        copy.putAll(properties);
        // Those that stand behind as defaults are no entries.
        properties
                .stringPropertyNames()
                .forEach(name -> copy.setProperty(name, properties.getProperty(name)));
        copy.setProperty("mail.transport.protocol", MtaProvider.PROTOCOL);
        copy.setProperty("mail.transport.protocol.rfc822", MtaProvider.PROTOCOL);
        return copy;
    }

    /** Makes the protocols {@code smtp} and {@code smtps} of a session end at the agent. */
    public static void interceptSmtp(Mta agent, Session session) {
        for (String protocol : List.of("smtps", "smtp")) {
            MtaProvider provider = new MtaProvider(protocol, InterceptedTransport.class, agent);
            session.addProvider(provider);
            try {
                session.setProvider(provider);
            } catch (NoSuchProviderException e) {
                throw new IllegalStateException("The session takes no provider.", e);
            }
        }
    }
}
