/** Help for tests that run the engine. */
@NullMarked
package io.embedmta.testing;

import org.jspecify.annotations.NullMarked;
