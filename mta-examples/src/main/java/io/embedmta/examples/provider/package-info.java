/** Sends everything by way of a provider that wants a log-in. */
package io.embedmta.examples.provider;
