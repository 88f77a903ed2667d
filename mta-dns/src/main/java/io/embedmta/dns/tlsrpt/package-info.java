/**
 * TLS reports (RFC 8460): once a day, domains that ask for it are told how well our connections to
 * their exchangers were secured. {@link io.embedmta.dns.tlsrpt.TlsReports} is the whole of it, and
 * nothing runs unless an application starts it.
 *
 * <p>Events go into a {@code Day} by way of the {@code Gatherer}; when the day is over, the {@code
 * Reporter} asks each domain where reports go ({@code ReportRecord}), and sends what {@code
 * ReportJson} writes, as a {@code ReportMail} or by HTTPS.
 */
@NullMarked
package io.embedmta.dns.tlsrpt;

import org.jspecify.annotations.NullMarked;
