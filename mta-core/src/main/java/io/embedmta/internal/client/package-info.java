/**
 * The SMTP client: hands one message at a time to one server, over connections that it keeps for a
 * while.
 *
 * <p>{@link io.embedmta.internal.client.SmtpClient} is the way in. It takes a {@code Session} from
 * its {@code SessionPool} or opens one; a {@code Delivery} brings the message over that session, in
 * as many {@code Transaction}s as the server's limit of recipients makes necessary. Beneath them, a
 * {@code Connection} turns every way in which a socket or a peer can fail into a {@code
 * SessionEndedException}, which carries the reply to report.
 */
@NullMarked
package io.embedmta.internal.client;

import org.jspecify.annotations.NullMarked;
