/**
 * Measures the agent beside other embedded servers: {@link
 * io.embedmta.examples.benchmark.Benchmark} is the main. It lies among the tests because the others
 * are on their class path alone; it is no test, and nothing fails for being slow.
 */
@NullMarked
package io.embedmta.examples.benchmark;

import org.jspecify.annotations.NullMarked;
