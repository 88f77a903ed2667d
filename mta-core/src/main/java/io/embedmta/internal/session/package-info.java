/**
 * The server's side of SMTP: sessions, their transactions, and one handler a verb, all found in the
 * table of {@link io.embedmta.internal.session.CommandTable}.
 */
@NullMarked
package io.embedmta.internal.session;

import org.jspecify.annotations.NullMarked;
