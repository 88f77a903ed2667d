/**
 * The filter chain: an application's own say at each step of a transaction. {@link
 * io.embedmta.filter.Filter} is the interface to implement, {@link io.embedmta.filter.Verdict} what
 * it answers.
 */
@NullMarked
package io.embedmta.filter;

import org.jspecify.annotations.NullMarked;
