/**
 * A strict HTTPS client for fetching MTA-STS policies and posting TLS reports: one request, one
 * answer, one time limit over all of it, on the caller's thread.
 *
 * <p>The clients of the JDK do not do. {@code HttpsURLConnection} looks names up by itself, shares
 * cookies, log-ins and connections with the whole process, and repeats requests; {@code
 * java.net.http} looks names up too, and on Java 17 has threads that nobody can end. TLS is the
 * JDK's here, and its certificate paths; only the framing of HTTP/1.1 is our own.
 */
@NullMarked
package io.embedmta.dns.https;

import org.jspecify.annotations.NullMarked;
