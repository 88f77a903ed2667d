/** Mail from the application. */
package io.embedmta.examples.submit;
