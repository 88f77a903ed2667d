package io.embedmta.dns.mtasts;

import io.embedmta.message.MailDomain;
import java.util.List;

/** Where policies outlive the process. What goes wrong there is logged, and costs a fetch. */
interface PolicyStore {
    /** Keeps nothing. */
    PolicyStore NONE =
            new PolicyStore() {
                @Override
                public List<KnownPolicy> readAll(int limit) {
                    return List.of();
                }

                @Override
                public void write(KnownPolicy policy) {}

                @Override
                public void delete(MailDomain domain) {}
            };

    /** What was written before, so many at most. */
    List<KnownPolicy> readAll(int limit);

    void write(KnownPolicy policy);

    void delete(MailDomain domain);
}
