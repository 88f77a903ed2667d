/** What proves that a server is the one that it should be: trust anchors, and DANE. */
@NullMarked
package io.embedmta.internal.tls;

import org.jspecify.annotations.NullMarked;
