/** The engine's threads and observers. */
@NullMarked
package io.embedmta.internal.runtime;

import org.jspecify.annotations.NullMarked;
