/** The six-line relay. */
package io.embedmta.examples.smallrelay;
