package io.embedmta.examples.relay;

import io.embedmta.queue.QueuedMail;
import java.io.IOException;

/** A form in which queued messages are shown, one after the other. For one thread. */
interface Listing {
    void message(QueuedMail mail) throws IOException;

    void end() throws IOException;
}
