package io.embedmta.internal.session;

import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** HELO and EHLO (RFC 5321 §4.1.1.1). */
final class HelloHandler implements CommandTable.Handler {
    private static final int MAX_NAME = 255;

    private final boolean extended;

    HelloHandler(boolean extended) {
        this.extended = extended;
    }

    @Override
    public Reply handle(Session session, String name) throws IOException {
        // RFC 5321 §4.1.4: a name that does not fit the client is no reason to refuse it.
        if (name.isEmpty() || name.indexOf(' ') >= 0 || name.length() > MAX_NAME) {
            return Reply.of(501, "5.5.4", "Give your domain name or an address literal");
        }
        Optional<Reply> refusal = session.refusal(session.filter().helo(session, name));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        session.greeted(name, extended);
        String hostname = session.engine().hostname();
        return extended
                ? Reply.plain(250, extensions(session, hostname))
                : Reply.plain(250, hostname);
    }

    private static List<String> extensions(Session session, String hostname) {
        List<String> lines = new ArrayList<>();
        lines.add(hostname + " at your service");
        lines.add("PIPELINING");
        lines.add("SIZE " + session.limits().messageSize());
        lines.add("8BITMIME");
        lines.add("ENHANCEDSTATUSCODES");
        lines.add("CHUNKING");
        lines.add("SMTPUTF8");
        lines.add("DSN");
        if (session.tls().isPresent()) {
            // RFC 8689 §2: over TLS alone.
            lines.add("REQUIRETLS");
        } else if (session.settings().tls().isPresent()) {
            // RFC 3207 §4.2: not once TLS is active.
            lines.add("STARTTLS");
        }
        List<String> mechanisms = session.mechanismNames();
        if (!mechanisms.isEmpty()) {
            lines.add("AUTH " + String.join(" ", mechanisms));
        }
        return session.script().extensions(lines);
    }
}
