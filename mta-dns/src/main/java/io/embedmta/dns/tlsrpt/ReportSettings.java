package io.embedmta.dns.tlsrpt;

import io.embedmta.message.MailAddress;
import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * How reports are made. Immutable.
 *
 * @param submitter our own name, a domain
 * @param contact a mail address
 */
record ReportSettings(
        String organization,
        String submitter,
        String contact,
        MailAddress from,
        Clock clock,
        RandomGenerator random) {}
