/** Who a client is: the interface to an application's users, and our own log-in elsewhere. */
@NullMarked
package io.embedmta.auth;

import org.jspecify.annotations.NullMarked;
