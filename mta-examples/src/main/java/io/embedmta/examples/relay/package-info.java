/** The relay as a command. */
package io.embedmta.examples.relay;
