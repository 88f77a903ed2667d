package io.embedmta.testing;

import io.embedmta.auth.Identity;
import io.embedmta.filter.SessionView;
import io.embedmta.internal.session.SessionScript;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.Tls;
import io.embedmta.tls.TlsSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session of a fake server: keeps the transcript, and has the rules act. For the session's
 * thread, but for the facts and {@link #isAtRest}.
 */
final class FakeSession implements SessionScript, SessionFacts {
    /** How long a client that is about to send may take for its next command. */
    private static final long CALM_NANOS = Duration.ofMillis(100).toNanos();

    private static final int MAX_LINES = 2_000;
    private static final int MAX_LINE = 500;

    private final SessionView view;
    private final Mailroom room;
    private final FaultRules rules;
    private final List<String> lines = new ArrayList<>();

    /** When it began to wait for a command outside a transaction; 0 while it does not. */
    private volatile long restingSince;

    private volatile Optional<Identity> user = Optional.empty();
    private volatile Optional<TlsSession> tls = Optional.empty();

    /** What EHLO keeps back. */
    private List<String> hidden = List.of();

    /** What the next handshake shows; null for the server's own. */
    private @Nullable Tls shown;

    /** What is rationed of the connection; null for nothing. */
    private @Nullable Ration ration;

    FakeSession(SessionView view, Mailroom room, FaultRules rules) {
        this.view = view;
        this.room = room;
        this.rules = rules;
    }

    @Override
    public void awaitsCommand(boolean atRest) {
        restingSince = atRest ? System.nanoTime() | 1 : 0;
    }

    boolean isAtRest() {
        long since = restingSince;
        return since != 0 && System.nanoTime() - since > CALM_NANOS;
    }

    @Override
    public void heard(String line) {
        restingSince = 0;
        note("C: " + line);
    }

    @Override
    public void said(Reply reply) {
        if (reply.code() == 334) {
            // A challenge of AUTH, which may hold what a log-in is about.
            note("S: 334 ***");
            return;
        }
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try {
            reply.writeTo(wire);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        wire.toString(StandardCharsets.UTF_8).lines().forEach(line -> note("S: " + line));
    }

    @Override
    public void secured(SessionView session) {
        tls = session.tls();
        tls.ifPresent(with -> note("-- " + with.protocol() + " " + with.cipher()));
    }

    @Override
    public void contentCame(QueueId id, long octets) {
        note("C: <" + octets + " octets>");
        user = view.user();
        room.comes(id, this);
    }

    @Override
    public Optional<Reply> at(Stage stage, String argument, Wire wire) throws IOException {
        if (stage == Stage.CONNECT) {
            // Not before: one session too many is made, and never begins.
            room.began(this);
        }
        if (stage == Stage.EHLO) {
            hidden = List.of();
        }
        Optional<FaultRule> rule = rules.next(stage, path(argument));
        if (rule.isEmpty()) {
            return Optional.empty();
        }
        note("-- " + rule.get());
        return rule.get().effect().act(this, wire);
    }

    @Override
    public List<String> extensions(List<String> own) {
        return own.stream().filter(offer -> !isHidden(offer)).toList();
    }

    @Override
    public Tls identity(Tls own) {
        return shown == null ? own : shown;
    }

    @Override
    public InputStream input(InputStream from) {
        return new RationedInput(from, this::ration);
    }

    @Override
    public OutputStream output(OutputStream to) {
        return new RationedOutput(to, this::ration);
    }

    /** What stands between the brackets of MAIL and RCPT; else all of it. */
    private static String path(String argument) {
        int begin = argument.indexOf('<');
        int end = argument.lastIndexOf('>');
        return begin < 0 || end < begin ? argument : argument.substring(begin + 1, end);
    }

    private boolean isHidden(String offer) {
        int end = offer.indexOf(' ');
        String keyword = end < 0 ? offer : offer.substring(0, end);
        return hidden.stream().anyMatch(keyword::equalsIgnoreCase);
    }

    void hide(List<String> extensions) {
        hidden = extensions;
    }

    void show(Tls identity) {
        shown = identity;
    }

    void ration(Ration newRation) {
        ration = newRation;
    }

    private @Nullable Ration ration() {
        return ration;
    }

    /** Lets time pass; ends early if the server closes. */
    void pause(Duration duration) {
        room.pause(duration);
    }

    boolean isClosing() {
        return room.isClosed();
    }

    @Override
    public void ended() {
        note("-- the connection is closed");
        room.ended(this);
    }

    private void note(String line) {
        synchronized (lines) {
            if (lines.size() < MAX_LINES) {
                lines.add(line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…");
            }
        }
    }

    @Override
    public List<String> transcript() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public Optional<TlsSession> tls() {
        return tls;
    }

    @Override
    public Optional<Identity> user() {
        return user;
    }
}
