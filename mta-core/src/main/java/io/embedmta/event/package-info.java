/**
 * What happened, for observers: one record a kind of event. Observers run on a thread of their own
 * and cannot slow down or break the engine.
 */
@NullMarked
package io.embedmta.event;

import org.jspecify.annotations.NullMarked;
