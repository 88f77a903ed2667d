package io.embedmta.internal.session;

import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Recipient;

/** Defers each recipient at length. */
final class VerboseFilter implements Filter {
    @Override
    public Verdict recipient(TransactionView tx, Recipient to) {
        return Verdict.defer(450, "4.2.0", "x".repeat(400));
    }
}
