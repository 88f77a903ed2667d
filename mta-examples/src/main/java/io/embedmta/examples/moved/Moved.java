package io.embedmta.examples.moved;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.Recipient;
import io.embedmta.store.MailHandler;

/** A filter: says that a domain has moved, and marks what it lets pass. */
public final class Moved {

    private Moved() {}

    static MtaBuilder builder(int port, MailHandler handler) {
        MtaBuilder builder =
                Mta.builder("mx.example.org")
                        .listener(SmtpListener.on(port))
                        .store("old.example.org", handler)
                        .store("new.example.org", handler);
        builder.filter(
                new Filter() {
                    @Override
                    public Verdict recipient(TransactionView tx, Recipient to) {
                        return to.address().domain().equals("old.example.org")
                                ? Verdict.reject(550, "5.1.6", "moved to new.example.org")
                                : Verdict.next();
                    }

                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        return Verdict.next(HeaderEdits.prepend("X-Filtered", "yes"));
                    }
                });
        return builder;
    }

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Mta mta = builder(2525, mail -> System.out.println(mail.envelope())).start()) {
            mta.awaitShutdown();
        }
    }
}
