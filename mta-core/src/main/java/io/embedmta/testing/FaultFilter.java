package io.embedmta.testing;

import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.session.SessionScript.Stage;
import io.embedmta.message.Content;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.util.Optional;

/** Has the rules act on mail that is submitted without a socket, which no session sees. */
final class FaultFilter implements Filter {
    private final FaultRules rules;

    FaultFilter(FaultRules rules) {
        this.rules = rules;
    }

    @Override
    public Verdict mail(TransactionView tx) {
        return at(tx, Stage.MAIL, tx.envelope().from().address().map(Object::toString).orElse(""));
    }

    @Override
    public Verdict recipient(TransactionView tx, Recipient to) {
        return at(tx, Stage.RCPT, to.address().toString());
    }

    @Override
    public Verdict message(TransactionView tx, Content content) {
        return at(tx, Stage.END_OF_DATA, "");
    }

    private Verdict at(TransactionView tx, Stage stage, String path) {
        if (tx.session().client().isPresent()) {
            return Verdict.next();
        }
        Optional<Reply> reply =
                rules.next(stage, path).flatMap(rule -> rule.effect().actWithoutSocket());
        if (reply.filter(Reply::isTransient).isPresent()) {
            return new Verdict.Defer(reply.get());
        }
        if (reply.filter(Reply::isPermanent).isPresent()) {
            return new Verdict.Reject(reply.get());
        }
        return Verdict.next();
    }
}
