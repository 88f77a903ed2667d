/** Files that an operator changes while the agent runs. */
@NullMarked
package io.embedmta.internal.files;

import org.jspecify.annotations.NullMarked;
