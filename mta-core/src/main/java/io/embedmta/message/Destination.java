package io.embedmta.message;

/**
 * The line in which work waits: everything that goes to one place shares a destination, and no
 * destination holds up another.
 *
 * @param name such as {@code example.org}, {@code smarthost:smtp.isp.example:587} or {@code
 *     store:example.org}; not empty
 */
public record Destination(String name) {

    /** Checks the name. */
    public Destination {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Give the destination a name.");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
