/**
 * How mail of any origin enters the queue: who may send to whom, the filters, the trace field, the
 * aliases, and the commit that makes a promise of it.
 */
@NullMarked
package io.embedmta.internal.intake;

import org.jspecify.annotations.NullMarked;
