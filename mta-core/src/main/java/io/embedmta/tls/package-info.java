/**
 * Transport security, both ways: what a listener shows its clients, what is demanded of the servers
 * that we send to, and what became of it.
 */
@NullMarked
package io.embedmta.tls;

import org.jspecify.annotations.NullMarked;
