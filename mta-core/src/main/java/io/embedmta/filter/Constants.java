package io.embedmta.filter;

import io.embedmta.message.HeaderEdits;

/** The verdicts without content. */
final class Constants {
    static final Verdict NEXT = new Verdict.Next(HeaderEdits.NONE);
    static final Verdict ACCEPT = new Verdict.Accept(HeaderEdits.NONE);
    static final Verdict DISCARD = new Verdict.Discard();

    private Constants() {}
}
