/** TLS reports (RFC 8460): tells domains how securing connections to their exchangers went. */
@NullMarked
package io.embedmta.dns.tlsrpt;

import org.jspecify.annotations.NullMarked;
