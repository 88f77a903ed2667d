/** Bytes to values and back: lines, replies, and the two ways a message comes over the wire. */
@NullMarked
package io.embedmta.internal.wire;

import org.jspecify.annotations.NullMarked;
