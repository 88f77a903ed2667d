package io.embedmta.store;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;

/**
 * A message for a store.
 *
 * @param id the same for each attempt, so that a store can tell a repeated delivery
 * @param envelope with exactly the recipients to deliver to now
 * @param content the message with its trace fields, {@code Return-Path} on top (RFC 5321 §4.4);
 *     valid until the delivery returns
 */
public record LocalMail(QueueId id, Envelope envelope, Content content) {}
