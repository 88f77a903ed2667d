/** As much of HTTPS as policies and reports take: one request, one answer, one deadline. */
@NullMarked
package io.embedmta.dns.https;

import org.jspecify.annotations.NullMarked;
