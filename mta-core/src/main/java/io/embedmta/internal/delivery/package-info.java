/**
 * From the queue to wherever a message goes: the scheduler, the choice of the exchanger, and what
 * each attempt means for each recipient.
 */
@NullMarked
package io.embedmta.internal.delivery;

import org.jspecify.annotations.NullMarked;
