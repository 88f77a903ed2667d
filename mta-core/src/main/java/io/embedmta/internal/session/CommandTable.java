package io.embedmta.internal.session;

import static io.embedmta.internal.session.Phase.CHUNKS;
import static io.embedmta.internal.session.Phase.CONNECTED;
import static io.embedmta.internal.session.Phase.GREETED;
import static io.embedmta.internal.session.Phase.MAIL;
import static io.embedmta.internal.session.Phase.RECIPIENTS;

import io.embedmta.internal.session.SessionScript.Stage;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.Verb;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each verb does, and in which phases of a session it is in order (RFC 5321 §4.1.4). */
final class CommandTable {

    /** Does what a command asks. */
    @FunctionalInterface
    interface Handler {
        /**
         * Validates, then filters, then proceeds.
         *
         * @param argument what followed the verb; empty if nothing
         * @throws IOException if the client is gone or its time is up
         */
        Reply handle(Session session, String argument) throws IOException;
    }

    private record Entry(Set<Phase> inOrder, Handler handler) {}

    private static final Set<Phase> ALWAYS =
            Collections.unmodifiableSet(EnumSet.allOf(Phase.class));

    private static final Map<Verb, Entry> TABLE = new EnumMap<>(Verb.class);

    static {
        put(Verb.HELO, ALWAYS, new HelloHandler(false));
        put(Verb.EHLO, ALWAYS, new HelloHandler(true));
        put(Verb.STARTTLS, ALWAYS, new StartTlsHandler());
        put(Verb.AUTH, Set.of(GREETED), new AuthHandler());
        put(Verb.MAIL, Set.of(GREETED), new MailHandler());
        put(Verb.RCPT, Set.of(MAIL, RECIPIENTS), new RcptHandler());
        put(Verb.DATA, Set.of(RECIPIENTS), new DataHandler());
        // BDAT is never out of order: its octets follow at once and have to be taken in any case.
        put(Verb.BDAT, ALWAYS, new BdatHandler());
        put(Verb.RSET, ALWAYS, SimpleHandlers::reset);
        put(Verb.NOOP, ALWAYS, SimpleHandlers::noop);
        put(Verb.QUIT, ALWAYS, SimpleHandlers::quit);
        put(Verb.VRFY, ALWAYS, SimpleHandlers::verify);
        put(Verb.EXPN, ALWAYS, (session, argument) -> Replies.NOT_IMPLEMENTED);
        put(Verb.HELP, ALWAYS, (session, argument) -> Replies.HELP);
    }

    private CommandTable() {}

    private static void put(Verb verb, Set<Phase> inOrder, Handler handler) {
        TABLE.put(verb, new Entry(inOrder, handler));
    }

    static Reply handle(Verb verb, Session session, String argument) throws IOException {
        Entry entry = TABLE.get(verb);
        if (entry == null) {
            return Replies.UNKNOWN_COMMAND;
        }
        Phase phase = session.phase();
        if (!entry.inOrder.contains(phase)) {
            return outOfOrder(verb, phase);
        }
        Stage stage = stage(verb);
        Optional<Reply> scripted =
                stage == null
                        ? Optional.empty()
                        : session.script().at(stage, argument, session.connection());
        if (scripted.isPresent() && !scripted.get().isPositive()) {
            if (verb == Verb.DATA) {
                session.endTransaction();
            }
            return scripted.get();
        }
        Reply reply = entry.handler.handle(session, argument);
        return reply.code() / 100 == 2 ? scripted.orElse(reply) : reply;
    }

    /** Null for verbs that no script cares for. */
    private static @Nullable Stage stage(Verb verb) {
        return switch (verb) {
            case HELO, EHLO -> Stage.EHLO;
            case STARTTLS -> Stage.STARTTLS;
            case AUTH -> Stage.AUTH;
            case MAIL -> Stage.MAIL;
            case RCPT -> Stage.RCPT;
            case DATA -> Stage.DATA;
            case QUIT -> Stage.QUIT;
            case BDAT, RSET, NOOP, VRFY, EXPN, HELP -> null;
        };
    }

    static Reply outOfOrder(Verb verb, Phase phase) {
        return switch (phase) {
            case CONNECTED -> Replies.HELLO_FIRST;
            case GREETED -> Replies.MAIL_FIRST;
            case CHUNKS -> Replies.CHUNKS_UNDER_WAY;
            // RFC 5321 §3.3: without an accepted recipient there is nothing to send the message to.
            case MAIL, RECIPIENTS ->
                    verb == Verb.MAIL || verb == Verb.AUTH
                            ? Replies.NESTED_MAIL
                            : Replies.NO_VALID_RECIPIENTS;
        };
    }

    /** Whether the verb moves nothing on, so that endless repetition is a waste of a session. */
    static boolean isIdle(Verb verb) {
        return switch (verb) {
            case NOOP, RSET, VRFY, EXPN, HELP, HELO, EHLO -> true;
            case STARTTLS, AUTH, MAIL, RCPT, DATA, BDAT, QUIT -> false;
        };
    }
}
