package io.embedmta.queue;

/** What an operator has ordered for work in the queue; the engine carries it out. */
public enum Order {
    /** Give up: each recipient fails, and the sender is told as far as it wants to know. */
    BOUNCE,
    /** Remove without a word to the sender. */
    REMOVE
}
