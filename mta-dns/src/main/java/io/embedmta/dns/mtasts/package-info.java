/** MTA-STS (RFC 8461): domains that say by HTTPS how their exchangers are to be reached. */
@NullMarked
package io.embedmta.dns.mtasts;

import org.jspecify.annotations.NullMarked;
