package io.embedmta.jakarta;

import io.embedmta.Mta;
import io.embedmta.Submission;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.URLName;
import jakarta.mail.event.ConnectionEvent;
import jakarta.mail.event.TransportEvent;
import jakarta.mail.event.TransportListener;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Jakarta Mail transport whose server is an agent of this process: no socket, no password, no
 * DNS. Thread-safe, as far as the messages and the session are.
 *
 * <p>Which agent it is, the session knows if {@link Mta#session()} made it; or else the host of the
 * connection is the {@linkplain io.embedmta.MtaBuilder#name name} of the agent. User and password
 * are ignored. A message that was sent is durable, and {@link Mta#sentMessages()} and {@link
 * SubmittedEvent} tell what becomes of it for each recipient.
 *
 * <p>These properties count, {@code mail.mta.} before {@code mail.smtp.}, and mean what they mean
 * to {@code smtp}; so does an {@link org.eclipse.angus.mail.smtp.SMTPMessage}:
 *
 * <ul>
 *   <li>{@code from}: the sender in the envelope, {@code <>} for none; otherwise it is the first
 *       address of From or else Sender
 *   <li>{@code sendpartial}: whether the message goes to those who are not refused; unless it is
 *       {@code true}, one refused recipient keeps it from all
 *   <li>{@code dsn.notify}, {@code dsn.ret}: what the sender wants to hear (RFC 3461)
 * </ul>
 *
 * <p>What cannot be sent is told as {@code smtp} tells it: by a {@link
 * jakarta.mail.SendFailedException}, whose nested exceptions carry the reply to each recipient, and
 * a {@link TransportEvent}, which the listeners get on the thread of the call, before it returns.
 * 8BITMIME and SMTPUTF8 are asked of the next server as the octets need it; nothing is converted
 * here.
 */
public class MtaTransport extends Transport {
    private static final Logger LOG = LoggerFactory.getLogger(MtaTransport.class);

    private final List<TransportListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Mta agent;

    /** As Jakarta Mail makes it. */
    public MtaTransport(Session session, URLName url) {
        super(session, url);
    }

    /**
     * Finds the agent. It replaces the whole of what Jakarta Mail does to connect, which looks the
     * host up in the DNS and keeps the password.
     *
     * @param host the name of an agent; of no account if the session knows its agent
     * @throws MessagingException if no such agent runs
     * @throws IllegalStateException if the transport is connected
     */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // Two that connect find the same.
    public void connect(
            @Nullable String host, int port, @Nullable String user, @Nullable String password)
            throws MessagingException {
        if (isConnected()) {
            throw new IllegalStateException("The transport is connected already.");
        }
        Optional<Mta> known = MtaProvider.agentOf(session, protocol());
        Mta found = known.isPresent() ? known.get() : named(host);
        Sending.requireRunning(found);
        agent = found;
        setConnected(true);
        notifyConnectionListeners(ConnectionEvent.OPENED);
    }

    private Mta named(@Nullable String host) throws MessagingException {
        String name = host != null ? host : url.getHost();
        if (name == null || name.isEmpty()) {
            throw new MessagingException(
                    "Use Mta.session(), or name the agent as the host (mail.mta.host).");
        }
        return Mta.named(name)
                .orElseThrow(
                        () ->
                                new MessagingException(
                                        "No agent named "
                                                + name
                                                + " runs in this process; start one with"
                                                + " MtaBuilder.name(\""
                                                + name
                                                + "\")."));
    }

    private String protocol() {
        String protocol = url.getProtocol();
        return protocol == null ? MtaProvider.PROTOCOL : protocol;
    }

    /**
     * Serialises the message and puts it into the agent's queue. On return it is durable, and later
     * changes to the message do not matter.
     *
     * @throws jakarta.mail.SendFailedException if it was not taken for some recipients or all;
     *     nothing was sent, unless the exception names whom it was sent to
     * @throws MessagingException if the message cannot be sent as it is, or the agent is closed
     * @throws IllegalStateException if the transport is not connected
     */
    @Override
    public void sendMessage(Message message, Address @Nullable [] addresses)
            throws MessagingException {
        Mta to = agent;
        if (to == null || !isConnected()) {
            throw new IllegalStateException("Connect the transport before it is to send.");
        }
        if (!(message instanceof MimeMessage mime)) {
            throw new MessagingException("A message that is sent is a MimeMessage.");
        }
        Addressees addressees = Addressees.of(addresses);
        MessageOptions options = new MessageOptions(session, protocol(), mime);
        new Sending(to, mime, options, this::tell).send(addressees);
    }

    /**
     * Tells the listeners what became of a call. Jakarta Mail would do so by a thread that forgets
     * its events if the transport is closed before it runs, and ours is closed soon.
     */
    private void tell(Message message, Addressees result, Optional<Submission> submission) {
        if (!listeners.isEmpty()) {
            TransportEvent event =
                    submission
                            .map(sent -> sent(message, result, sent))
                            .orElseGet(() -> notSent(message, result));
            listeners.forEach(listener -> tell(event, listener));
        }
    }

    private static void tell(TransportEvent event, TransportListener listener) {
        try {
            event.dispatch(listener);
        } catch (RuntimeException | Error e) {
            // I8: what was sent is sent.
            LOG.error("A transport listener failed.", e);
        }
    }

    private TransportEvent sent(Message message, Addressees result, Submission submission) {
        return new SubmittedEvent(
                this,
                result.hasRefused()
                        ? TransportEvent.MESSAGE_PARTIALLY_DELIVERED
                        : TransportEvent.MESSAGE_DELIVERED,
                result.taken(),
                result.deferred(),
                result.invalid(),
                message,
                submission);
    }

    private TransportEvent notSent(Message message, Addressees result) {
        return new TransportEvent(
                this,
                TransportEvent.MESSAGE_NOT_DELIVERED,
                new Address[0],
                result.notInvalid(),
                result.invalid(),
                message);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // The list is thread-safe.
    public void addTransportListener(TransportListener listener) {
        listeners.add(listener);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // The list is thread-safe.
    public void removeTransportListener(TransportListener listener) {
        listeners.remove(listener);
    }
}
