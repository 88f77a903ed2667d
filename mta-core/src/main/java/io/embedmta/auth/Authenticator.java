package io.embedmta.auth;

/** An application's users, to a listener. Thread-safe. */
public interface Authenticator {}
