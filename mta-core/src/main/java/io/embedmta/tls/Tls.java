package io.embedmta.tls;

/** What a listener shows its clients: keys and certificates. Immutable, thread-safe. */
public final class Tls {
    private Tls() {}
}
