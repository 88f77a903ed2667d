package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DsnPolicyTest {
    private static final ReversePath SENDER = ReversePath.of("ann@x.example");

    /** One row for each NOTIFY parameter of RFC 3461 §4.1; "absent" is none. */
    private static final String TABLE =
            """
            notify,                failed, delayed, delivered, relayed, expanded
            absent,                true,   true,    false,     false,   false
            NEVER,                 false,  false,   false,     false,   false
            SUCCESS,               false,  false,   true,      true,    true
            FAILURE,               true,   false,   false,     false,   false
            DELAY,                 false,  true,    false,     false,   false
            SUCCESS FAILURE,       true,   false,   true,      true,    true
            SUCCESS DELAY,         false,  true,    true,      true,    true
            FAILURE DELAY,         true,   true,    false,     false,   false
            SUCCESS FAILURE DELAY, true,   true,    true,      true,    true
            """;

    @ParameterizedTest
    @CsvSource(textBlock = TABLE, useHeadersInDisplayName = true)
    void policy_forEachNotify_tellsWhatWasAskedFor(
            String notify,
            boolean failed,
            boolean delayed,
            boolean delivered,
            boolean relayed,
            boolean expanded) {
        Recipient recipient = recipient(notify);
        assertEquals(failed, DsnPolicy.isWanted(SENDER, recipient, Action.FAILED));
        assertEquals(delayed, DsnPolicy.isWanted(SENDER, recipient, Action.DELAYED));
        assertEquals(delivered, DsnPolicy.isWanted(SENDER, recipient, Action.DELIVERED));
        assertEquals(relayed, DsnPolicy.isWanted(SENDER, recipient, Action.RELAYED));
        assertEquals(expanded, DsnPolicy.isWanted(SENDER, recipient, Action.EXPANDED));
    }

    @ParameterizedTest
    @CsvSource(textBlock = TABLE, useHeadersInDisplayName = true)
    void I4_policy_forTheNullSender_tellsNobody(String notify) {
        for (Action action : Action.values()) {
            assertFalse(DsnPolicy.isWanted(ReversePath.NULL, recipient(notify), action));
        }
    }

    private static Recipient recipient(String notify) {
        Recipient recipient = Recipient.of(MailAddress.of("bob@y.example"));
        if (notify.equals("absent")) {
            return recipient;
        }
        Set<Notify> wanted = EnumSet.noneOf(Notify.class);
        for (String word : notify.split(" ", -1)) {
            if (!word.equals("NEVER")) {
                wanted.add(Notify.valueOf(word));
            }
        }
        return recipient.withNotify(wanted);
    }
}
