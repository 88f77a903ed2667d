package io.embedmta;

/**
 * A clock that someone may move, such as a test's. The engine waits in real time for the time of
 * its own clock; a clock that jumps has to say so.
 */
public interface AdjustableClock {

    /**
     * Has the action run after each move of the clock, on the thread that moves it. Called by the
     * engine at its start.
     *
     * @param action returns at once and never throws
     */
    void whenAdjusted(Runnable action);
}
