/**
 * MTA-STS (RFC 8461): what domains say of the TLS of their exchangers. {@link
 * io.embedmta.dns.mtasts.MtaSts} is given to the agent's builder.
 *
 * <p>A question goes down these steps, each a class: {@code MtaSts} reads the TXT record ({@code
 * StsRecord}) and what is kept ({@code PolicyCache}, mirrored by {@code PolicyFiles}); what is new
 * is got by {@code PolicyFetcher}, for all who wait for that domain once ({@code SingleFlight}),
 * and read by {@code PolicyParser}.
 */
@NullMarked
package io.embedmta.dns.mtasts;

import org.jspecify.annotations.NullMarked;
