/**
 * The values of the SMTP wire: replies, enhanced status codes, verbs and parameters, and the pure
 * functions that parse them. Nothing here does I/O or knows a session.
 */
@NullMarked
package io.embedmta.smtp;

import org.jspecify.annotations.NullMarked;
