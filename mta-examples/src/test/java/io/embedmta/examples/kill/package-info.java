/**
 * Kills a relay with a durable queue, again and again, and looks for what was lost: {@link
 * io.embedmta.examples.kill.KillIT}.
 */
@NullMarked
package io.embedmta.examples.kill;

import org.jspecify.annotations.NullMarked;
