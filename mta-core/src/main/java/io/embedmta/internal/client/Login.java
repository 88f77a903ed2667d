package io.embedmta.internal.client;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.sasl.ChannelBinding;
import io.embedmta.internal.sasl.ClientMechanism;
import io.embedmta.internal.sasl.ClientMechanisms;
import io.embedmta.internal.sasl.SaslException;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AUTH at a server (RFC 4954), after EHLO. Whatever goes wrong defers the mail, a refusal for good
 * too: that is a mistake of whoever keeps the password, and no reason to send a sender's mail back.
 * No text that comes out of here holds the secret, even if the server repeats it.
 */
final class Login {
    private static final Logger log = LoggerFactory.getLogger(Login.class);

    /** RFC 5321 §4.5.3.1.4, without CRLF: AUTH itself is to keep to it (RFC 4954 §4). */
    private static final int MAX_COMMAND = 510;

    /** More than any mechanism of ours needs. */
    private static final int MAX_CHALLENGES = 8;

    private final Connection connection;
    private final ClientMechanism mechanism;
    private final List<String> secrets;
    private final Duration timeout;

    private Login(
            Connection connection,
            ClientMechanism mechanism,
            List<String> secrets,
            Duration timeout) {
        this.connection = connection;
        this.mechanism = mechanism;
        this.secrets = new ArrayList<>(secrets);
        this.timeout = timeout;
    }

    /**
     * Logs in, unless there is nothing to log in with.
     *
     * @param mayShow whether a password or token may go over the wire as it is: over TLS, or where
     *     the route says that anybody may read along
     * @param channel what the log-in may be bound to; {@link ChannelBinding#NONE} in plain text
     * @param timeout for each reply
     * @throws SessionEndedException if that fails; the connection is to be closed then
     */
    static void run(
            Connection connection,
            Capabilities capabilities,
            Credentials credentials,
            boolean mayShow,
            ChannelBinding channel,
            Duration timeout)
            throws SessionEndedException {
        Set<String> offered = capabilities.mechanisms();
        if (credentials instanceof Credentials.Password given) {
            Optional<ClientMechanism> mechanism = ofPassword(offered, mayShow, channel, given);
            run(connection, mechanism, List.of(given.password()), offered, mayShow, timeout);
        } else if (credentials instanceof Credentials.Token given) {
            if (!mayShow || !ClientMechanisms.takesToken(offered)) {
                throw noCommonMechanism(connection, offered, mayShow);
            }
            String token = token(connection, given);
            RemoteServer server = connection.server();
            Optional<ClientMechanism> mechanism =
                    ClientMechanisms.ofToken(
                            offered, given.user(), token, server.name(), server.port());
            run(connection, mechanism, List.of(token), offered, true, timeout);
        }
    }

    private static Optional<ClientMechanism> ofPassword(
            Set<String> offered,
            boolean mayShow,
            ChannelBinding channel,
            Credentials.Password given)
            throws SessionEndedException {
        try {
            return ClientMechanisms.ofPassword(
                    offered, mayShow, channel, given.user(), given.password());
        } catch (SyntaxException e) {
            throw SessionEndedException.because(
                    "4.7.8", "our name for the log-in: " + e.getMessage());
        }
    }

    private static String token(Connection connection, Credentials.Token given)
            throws SessionEndedException {
        try {
            String token = given.tokens().token();
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
                throw new IOException("What was given is no token.");
            }
            return token;
        } catch (IOException | RuntimeException e) {
            // I8. The cause is for the log alone: the reply may end in a bounce.
            log.warn("No token for the log-in at {} could be had.", connection.server(), e);
            throw SessionEndedException.because(
                    "4.7.0", "no token for the log-in at " + connection.server() + " could be had");
        }
    }

    private static void run(
            Connection connection,
            Optional<ClientMechanism> mechanism,
            List<String> secrets,
            Set<String> offered,
            boolean mayShow,
            Duration timeout)
            throws SessionEndedException {
        if (mechanism.isEmpty()) {
            throw noCommonMechanism(connection, offered, mayShow);
        }
        new Login(connection, mechanism.get(), secrets, timeout).run();
    }

    private static SessionEndedException noCommonMechanism(
            Connection connection, Set<String> offered, boolean mayShow) {
        String text =
                offered.isEmpty()
                        ? " offers no log-in"
                        : mayShow
                                ? " offers no way to log in that we know"
                                : " offers no way to log in that hides the secret, and there is no"
                                        + " TLS";
        return SessionEndedException.because("4.7.0", connection.server() + text);
    }

    private void run() throws SessionEndedException {
        Reply reply = begin();
        for (int i = 0; reply.code() == 334; i++) {
            if (i == MAX_CHALLENGES) {
                throw broken("challenges without end");
            }
            byte[] response;
            try {
                response = mechanism.respond(challenge(reply));
            } catch (SaslException e) {
                throw broken(e.getMessage());
            }
            reply = say(sealed(response));
        }
        if (!reply.isPositive()) {
            throw refused(reply);
        }
        if (!mechanism.isComplete()) {
            throw broken("a yes, but no proof that it knows the password itself");
        }
        log.debug("Logged in at {} by {}.", connection.server(), mechanism.name());
    }

    private Reply begin() throws SessionEndedException {
        String command = "AUTH " + mechanism.name();
        Optional<byte[]> initial = mechanism.initial();
        if (initial.isEmpty()) {
            return say(command);
        }
        String response = sealed(initial.get());
        String whole = command + " " + response;
        if (whole.length() <= MAX_COMMAND) {
            return say(whole);
        }
        Reply reply = say(command);
        return reply.code() == 334 ? say(response) : reply;
    }

    /** Says a line that is never to be quoted, by the server either. */
    private Reply say(String line) throws SessionEndedException {
        connection.write(line);
        connection.flush();
        try {
            return connection.reply("our log-in", timeout);
        } catch (SessionEndedException e) {
            String text = e.reply().toString();
            if (withoutSecrets(text).equals(text)) {
                throw e;
            }
            // Without the cause, whose text repeats it too.
            throw broken(text);
        }
    }

    /** A response as it goes over the wire, which is as secret as what is in it. */
    private String sealed(byte[] response) {
        String text = encode(response);
        if (!text.isEmpty()) {
            secrets.add(text);
        }
        return text;
    }

    private static String encode(byte[] response) {
        return Base64.getEncoder().encodeToString(response);
    }

    private static byte[] challenge(Reply reply) throws SaslException {
        try {
            return Base64.getDecoder().decode(reply.text().strip());
        } catch (IllegalArgumentException e) {
            throw new SaslException("a challenge that is not Base64");
        }
    }

    private SessionEndedException broken(String what) {
        return SessionEndedException.because(
                "4.7.0", connection.server() + " answered our log-in with " + withoutSecrets(what));
    }

    /** A refusal for good is one of the log-in, not of the mail. */
    private SessionEndedException refused(Reply reply) {
        String status = reply.isPermanent() ? "4.7.8" : "4.7.0";
        String why = mechanism.refusal().map(words -> " (" + words + ")").orElse("");
        return SessionEndedException.because(
                status,
                connection.server()
                        + " refused our log-in by "
                        + mechanism.name()
                        + ": "
                        + withoutSecrets(reply + why));
    }

    private String withoutSecrets(String text) {
        for (String secret : secrets) {
            if (text.contains(secret)
                    || text.contains(encode(secret.getBytes(StandardCharsets.UTF_8)))) {
                return "words that repeat the secret";
            }
        }
        return text;
    }
}
