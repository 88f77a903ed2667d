package io.embedmta.dns;

import java.io.IOException;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;

/** Puts one question, and says what DNSSEC has to do with the reply. Thread-safe. */
interface Questions {

    /**
     * A reply with NOERROR or NXDOMAIN, and with its AD flag.
     *
     * @throws IOException if there is none by the deadline, or it is bogus; its message is a phrase
     */
    Message ask(Name name, int type, Deadline deadline) throws IOException;
}
