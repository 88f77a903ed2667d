package io.embedmta.dns;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * The validation of one reply, by dnsjava's validator. That is asynchronous, and wants its
 * questions answered so: they are put on a queue, and the thread that waits for the result asks
 * them itself. So whoever looks up does the waiting, and the deadline holds whatever the validator
 * is busy with. Steps in between that compute alone may run on the JVM's common pool, as dnsjava
 * has it.
 *
 * <p>Each validation has a validator of its own, so that nothing outlives it that was learnt from a
 * reply; {@link KeyReplies} spares the questions.
 */
final class Validation {
    /** A chain of aliases through zones has some ten; what wants more is after our time. */
    private static final int MAX_QUESTIONS = 64;

    private final NameServers servers;
    private final TrustAnchors anchors;
    private final KeyReplies keys;
    private final Clock clock;
    private final Deadline deadline;

    private final BlockingQueue<Runnable> questions = new LinkedBlockingQueue<>();
    private final Set<KeyReplies.Question> keysUsed = new HashSet<>();
    private final Map<KeyReplies.Question, Message> newKeys = new HashMap<>();
    private int asked;

    /** What is validated, until the validator has asked for it. */
    private @Nullable Message first;

    private @Nullable IOException failure;

    Validation(
            NameServers servers,
            TrustAnchors anchors,
            KeyReplies keys,
            Clock clock,
            Deadline deadline) {
        this.servers = servers;
        this.anchors = anchors;
        this.keys = keys;
        this.clock = clock;
        this.deadline = deadline;
    }

    /**
     * The reply, or the first link of the aliases in it, with the AD flag if it is secure and
     * without if it is insecure.
     *
     * @throws IOException if it is bogus, or nobody knows; its message is a phrase
     */
    Message run(Name name, int type) throws IOException {
        try {
            Message whole = servers.ask(name, type, deadline);
            Message link = ReplyFilter.filter(anchors, whole, name, type);
            Message reply = validated(name, link);
            if (isUnjudged(reply, link.getQuestion().getType())) {
                // RFC 5155 §6: what has no record of its own may be insecure, under opt-out.
                reply = validated(name, ReplyFilter.unproved(anchors, whole, name, type));
            }
            judge(reply, link.getQuestion().getType());
            newKeys.forEach(keys::put);
            return reply;
        } catch (IOException e) {
            // Among these may be the one that is wrong, and the next try shall ask anew.
            keysUsed.forEach(keys::remove);
            throw e;
        }
    }

    private Message validated(Name name, Message link) throws IOException {
        first = link;
        return await(start(name, link.getQuestion().getType()));
    }

    private CompletableFuture<Message> start(Name name, int type) throws IOException {
        ValidatingResolver validator = new ValidatingResolver(new QueueingResolver(this), clock);
        // Its limits are the same whatever system properties the process has.
        Properties settings = new Properties();
        settings.setProperty("dnsjava.dnssec.keycache.max_ttl", "86400");
        validator.init(settings);
        anchors.replace(validator.getTrustAnchors());
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        return validator.sendAsync(query, Runnable::run).toCompletableFuture();
    }

    /** Answers the validator's questions until it has come to a result. */
    private Message await(CompletableFuture<Message> result) throws IOException {
        CompletableFuture<Message> last =
                result.whenComplete((reply, problem) -> questions.add(Validation::wakeUp));
        try {
            while (!result.isDone()) {
                Runnable question = questions.poll(deadline.millisLeft(), TimeUnit.MILLISECONDS);
                if (question == null) {
                    throw new SocketTimeoutException("DNSSEC took too long");
                }
                question.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (failure != null) {
            // The validator takes some failures to ask for "insecure", which is for us to prevent.
            throw failure;
        }
        try {
            return last.join();
        } catch (CompletionException | CancellationException e) {
            throw new IOException("DNSSEC could not be validated", e);
        }
    }

    /** Ends the wait for a question, when there is none to come. */
    private static void wakeUp() {}

    /** A question of the validator; on any thread. */
    CompletableFuture<Message> ask(Message query) {
        CompletableFuture<Message> reply = new CompletableFuture<>();
        questions.add(() -> answer(query.getQuestion(), reply));
        return reply;
    }

    private void answer(Record question, CompletableFuture<Message> reply) {
        try {
            reply.complete(answer(question.getName(), question.getType()));
        } catch (IOException e) {
            failure = e;
            reply.completeExceptionally(e);
        }
    }

    private Message answer(Name name, int type) throws IOException {
        if (++asked > MAX_QUESTIONS) {
            throw new IOException("DNSSEC takes more than " + MAX_QUESTIONS + " questions");
        }
        Message link = first;
        if (link != null) {
            // It asks first what it was asked.
            first = null;
            return link;
        }
        if (type != Type.DS && type != Type.DNSKEY) {
            throw new IOException("DNSSEC could not be validated");
        }
        KeyReplies.Question question = new KeyReplies.Question(name, type);
        Optional<Message> kept = keys.get(question);
        Message reply = kept.isPresent() ? kept.get() : servers.ask(name, type, deadline);
        keysUsed.add(question);
        if (kept.isEmpty()) {
            newKeys.put(question, reply);
        }
        return ReplyFilter.filter(anchors, reply, name, type);
    }

    /**
     * Refuses what the validator has found bogus, or has not judged.
     *
     * @throws IOException if it is so; its message is a phrase
     */
    static void judge(Message reply, int type) throws IOException {
        boolean failed = reply.getRcode() != Rcode.NOERROR && reply.getRcode() != Rcode.NXDOMAIN;
        // At too much work it gives up, and says so in its reason alone.
        boolean givenUp = !isSecure(reply) && isCalledBogus(reply);
        if (failed || givenUp) {
            throw new IOException("bogus: " + reason(reply).orElse("no reason given"));
        }
        if (isUnjudged(reply, type)) {
            throw new IOException("DNSSEC could not be validated");
        }
    }

    private static boolean isSecure(Message reply) {
        return reply.getHeader().getFlag(Flags.AD);
    }

    /**
     * The validator says why a denial is insecure. Without, it has met with something that it could
     * not cope with, such as too much work, and has not judged at all.
     */
    private static boolean isUnjudged(Message reply, int type) {
        return !isSecure(reply) && reason(reply).isEmpty() && isDenial(reply, type);
    }

    /** RFC 8914 §4.7. */
    private static boolean isCalledBogus(Message reply) {
        OPTRecord opt = reply.getOPT();
        return opt != null
                && opt.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
                        .anyMatch(
                                option ->
                                        option instanceof ExtendedErrorCodeOption error
                                                && error.getErrorCode()
                                                        == ExtendedErrorCodeOption.DNSSEC_BOGUS);
    }

    private static boolean isDenial(Message reply, int type) {
        return reply.getSection(Section.ANSWER).stream()
                .noneMatch(record -> record.getType() == type);
    }

    private static Optional<String> reason(Message reply) {
        for (Record record : reply.getSection(Section.ADDITIONAL)) {
            if (record.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS
                    && record instanceof TXTRecord text) {
                // Names in it are the peer's, and stand in our log; dnsjava has escaped them.
                return Optional.of(String.join("", text.getStrings()));
            }
        }
        return Optional.empty();
    }
}
