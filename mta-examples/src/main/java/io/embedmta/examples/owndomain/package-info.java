/** A domain in Maildirs. */
package io.embedmta.examples.owndomain;
