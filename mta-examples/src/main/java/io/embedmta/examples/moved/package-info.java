/** A filter. */
package io.embedmta.examples.moved;
