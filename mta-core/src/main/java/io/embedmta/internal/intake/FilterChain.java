package io.embedmta.internal.intake;

import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Content;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many filters as one: asks them in turn until one has a verdict. Never throws: a filter that does,
 * or has no verdict, is a temporary failure (I8). Thread-safe as its filters are.
 */
public final class FilterChain implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(FilterChain.class);

    private final List<Filter> filters;

    /** Asks the filters in their order. */
    public FilterChain(List<Filter> filters) {
        this.filters = List.copyOf(filters);
    }

    @FunctionalInterface
    private interface Question {
        Verdict ask(Filter filter) throws IOException;
    }

    /** Before MAIL there is no mail to discard: that verdict counts as no objection. */
    private Verdict askBeforeMail(String sessionId, Question question) {
        return ask(
                sessionId,
                filter -> {
                    Verdict verdict = question.ask(filter);
                    return verdict instanceof Verdict.Discard ? Verdict.next() : verdict;
                });
    }

    private Verdict ask(String sessionId, Question question) {
        for (Filter filter : filters) {
            Verdict verdict = askOne(sessionId, filter, question);
            if (!(verdict instanceof Verdict.Next)) {
                return verdict;
            }
        }
        return Verdict.next();
    }

    private static Verdict askOne(String sessionId, Filter filter, Question question) {
        try {
            // Code that knows no null-marks may return one, which must not pass for a yes.
            return Objects.requireNonNull(question.ask(filter), "The verdict is null.");
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("{}: the filter {} failed", sessionId, filter, e);
            return Verdict.defer(
                    451, "4.3.0", "The message cannot be checked now, try again later");
        }
    }

    @Override
    public Verdict connect(SessionView session) {
        return askBeforeMail(session.id(), filter -> filter.connect(session));
    }

    @Override
    public Verdict helo(SessionView session, String name) {
        return askBeforeMail(session.id(), filter -> filter.helo(session, name));
    }

    @Override
    public Verdict mail(TransactionView tx) {
        return ask(tx.session().id(), filter -> filter.mail(tx));
    }

    @Override
    public Verdict recipient(TransactionView tx, Recipient to) {
        return ask(tx.session().id(), filter -> filter.recipient(tx, to));
    }

    /** Each filter sees the edits of those before it; in the end all edits are one. */
    @Override
    public Verdict message(TransactionView tx, Content content) {
        HeaderEdits edits = HeaderEdits.NONE;
        for (Filter filter : filters) {
            HeaderEdits soFar = edits;
            Verdict verdict =
                    askOne(
                            tx.session().id(),
                            filter,
                            asked -> asked.message(tx, soFar.applyTo(content)));
            if (verdict instanceof Verdict.Next next) {
                edits = edits.then(next.edits());
            } else if (verdict instanceof Verdict.Accept accept) {
                return Verdict.accept(edits.then(accept.edits()));
            } else {
                return verdict;
            }
        }
        return Verdict.next(edits);
    }
}
