package io.embedmta.jakarta;

import jakarta.mail.Session;
import jakarta.mail.URLName;

/**
 * What a session's {@code smtp} and {@code smtps} are after {@link
 * io.embedmta.Mta#interceptSmtp(Session)}.
 *
 * <p>It has a name of its own because Jakarta Mail writes the name into the session's properties,
 * which other sessions may share: they know no provider of this name, and go on to use theirs.
 */
public final class InterceptedTransport extends MtaTransport {

    /** As Jakarta Mail makes it. */
    public InterceptedTransport(Session session, URLName url) {
        super(session, url);
    }
}
