/**
 * Names and where they lead. {@link io.embedmta.resolver.Resolver} is the interface to implement;
 * {@link io.embedmta.resolver.StaticResolver} answers from a table.
 */
@NullMarked
package io.embedmta.resolver;

import org.jspecify.annotations.NullMarked;
