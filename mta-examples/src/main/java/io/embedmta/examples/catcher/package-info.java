/** A fake mail server as a command. */
package io.embedmta.examples.catcher;
