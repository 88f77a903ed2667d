/** Takes mail of users, and sends it on as safely as the receiver can take it. */
package io.embedmta.examples.submissionserver;
