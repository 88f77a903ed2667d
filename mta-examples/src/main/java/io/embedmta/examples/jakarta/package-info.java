/** Jakarta Mail code that exists, without a socket. */
package io.embedmta.examples.jakarta;
