/**
 * Where mail for our own domains ends: {@link io.embedmta.store.MailStore} is the interface to
 * implement, {@link io.embedmta.store.MailHandler} the lambda, {@link
 * io.embedmta.store.MemoryStore} a store for tests.
 */
@NullMarked
package io.embedmta.store;

import org.jspecify.annotations.NullMarked;
