/**
 * How mail comes in: {@link io.embedmta.listener.Listener} is the interface to implement, {@link
 * io.embedmta.listener.SmtpListener} the SMTP server.
 */
@NullMarked
package io.embedmta.listener;

import org.jspecify.annotations.NullMarked;
