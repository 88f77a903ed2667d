/**
 * {@link io.embedmta.dns.DnsResolver} asks name servers. The wire format is dnsjava's; the sockets
 * and the cache are our own, because dnsjava's run on a thread and a clock that the whole process
 * shares.
 *
 * <p>A look-up goes down these steps, each a class: the resolver reads its {@code AnswerCache};
 * what is not there is looked up by {@code Lookup}, which follows aliases; each step of that asks
 * the {@code NameServers} in turn; each try is one {@code Exchange} with one server. With a trust
 * anchor, a {@code Validator} stands between the look-up and the servers: each reply it asks for is
 * stripped by {@code ReplyFilter} of what has no say in it, and judged by dnsjava's validator in a
 * {@code Validation}, which asks for the keys on the thread that looks up.
 */
@NullMarked
package io.embedmta.dns;

import org.jspecify.annotations.NullMarked;
