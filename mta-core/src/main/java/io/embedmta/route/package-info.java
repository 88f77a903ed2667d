/** Where a recipient goes: {@link io.embedmta.route.Route} is the answer of a router. */
@NullMarked
package io.embedmta.route;

import org.jspecify.annotations.NullMarked;
