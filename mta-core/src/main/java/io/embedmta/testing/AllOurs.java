package io.embedmta.testing;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import java.io.IOException;
import java.util.Map;

/** Takes mail for every domain, and has nothing left to do: the room has kept it by then. */
final class AllOurs implements Router, MailStore {
    private final Route here = Route.store("fake-mail", this);

    @Override
    public Route route(MailAddress recipient) {
        return here;
    }

    @Override
    public boolean accepts(MailAddress address) {
        return true;
    }

    @Override
    public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) throws IOException {
        // Made here, as no fake needs it to start.
        return MailStore.of(kept -> {}).deliver(mail);
    }

    @Override
    public void close() {
        // The room is closed by whoever closes the fake.
    }
}
