/**
 * A message and who it is for: envelope, recipients, addresses, content. Immutable values; the
 * content is sized and can be opened again, and is never an array.
 */
@NullMarked
package io.embedmta.message;

import org.jspecify.annotations.NullMarked;
