package io.embedmta.dns.tlsrpt;

import io.embedmta.message.MailAddress;

/**
 * Who reports.
 *
 * @param hostname of the agent
 * @param contact to whom questions go; reports are mailed in its name too
 */
record ReportSender(String organization, String hostname, MailAddress contact) {}
