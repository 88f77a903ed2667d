/** Transport security, against programs that nobody here wrote. */
@NullMarked
package io.embedmta.examples.tls;

import org.jspecify.annotations.NullMarked;
