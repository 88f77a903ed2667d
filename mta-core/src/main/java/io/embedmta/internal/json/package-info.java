/** What is said to programs in JSON: reports, and what a fake server has taken. */
@NullMarked
package io.embedmta.internal.json;

import org.jspecify.annotations.NullMarked;
