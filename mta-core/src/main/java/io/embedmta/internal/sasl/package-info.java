/**
 * Mechanisms of SASL (RFC 4422), of both sides: octets in, octets or an outcome out. They know
 * neither sockets nor Base64 nor SMTP.
 */
@NullMarked
package io.embedmta.internal.sasl;

import org.jspecify.annotations.NullMarked;
