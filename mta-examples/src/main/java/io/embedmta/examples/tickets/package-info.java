/** Mail into the application. */
package io.embedmta.examples.tickets;
