/**
 * Mail in tests. {@link io.embedmta.testing.FakeMail} is a mail server that takes any mail and
 * fails on demand, {@link io.embedmta.testing.MailTest} gives one to each test of JUnit Jupiter,
 * and {@link io.embedmta.testing.FakeRelay} is a whole relay under a clock that the test moves.
 */
@NullMarked
package io.embedmta.testing;

import org.jspecify.annotations.NullMarked;
