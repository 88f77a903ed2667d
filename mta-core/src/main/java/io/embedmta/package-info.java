/**
 * A mail transfer agent in your process. Start here:
 *
 * <pre>{@code
 * try (Mta mta = Mta.builder("relay.example.org")
 *         .listener(SmtpListener.on(2525).relayFrom("10.0.0.0/8"))
 *         .resolver(DnsResolver.system())
 *         .start()) {
 *     mta.submit(Envelope.from("a@x.example").to("b@y.example"), Content.of(mimeMessage));
 *     mta.awaitShutdown();
 * }
 * }</pre>
 *
 * <p>{@link io.embedmta.Mta} is the running agent and {@link io.embedmta.MtaBuilder} what it is
 * made from. Five parts can be replaced: {@link io.embedmta.listener.Listener}, {@link
 * io.embedmta.queue.MailQueue}, {@link io.embedmta.resolver.Resolver}, {@link
 * io.embedmta.store.MailStore} and {@link io.embedmta.filter.Filter}.
 */
@NullMarked
package io.embedmta;

import org.jspecify.annotations.NullMarked;
