/** Authentication, by programs that nobody here wrote. */
@NullMarked
package io.embedmta.examples.auth;

import org.jspecify.annotations.NullMarked;
