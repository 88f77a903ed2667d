/**
 * Jakarta Mail without a socket: the transport {@code mta}, whose server is an agent of this
 * process. Code that exists need not change; it is given {@link io.embedmta.Mta#session()}, or
 * properties that name the protocol and the agent.
 *
 * <pre>{@code
 * Session session = mta.session();
 * Transport.send(new MimeMessage(session, in));
 * }</pre>
 */
@NullMarked
package io.embedmta.jakarta;

import org.jspecify.annotations.NullMarked;
