package io.embedmta.auth;

/**
 * A user that has proved who it is.
 *
 * @param name as the application knows it
 */
public record Identity(String name) {}
