/** The durable queue. */
@NullMarked
package io.embedmta.store.journal;

import org.jspecify.annotations.NullMarked;
