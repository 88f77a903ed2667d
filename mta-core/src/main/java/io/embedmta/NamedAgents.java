package io.embedmta;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/**
 * The running agents of this process that asked to be found by a name. Jakarta Mail makes a
 * transport from strings, so nothing that an object holds can lead it to its agent. Thread-safe.
 */
final class NamedAgents {
    /** What a URL can hold as its host. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** The one thing that agents of a process share: an entry lives from start to close. */
    private static final ConcurrentMap<String, Mta> RUNNING = new ConcurrentHashMap<>();

    private NamedAgents() {}

    /**
     * The one form of a name: host names have no case.
     *
     * @throws IllegalArgumentException if it cannot be a host
     */
    static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A name has 1 to 100 letters, digits, dots, hyphens and underscores.");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Makes an agent known.
     *
     * @throws IllegalStateException if another one has the name
     */
    static void add(String name, Mta agent) {
        if (RUNNING.putIfAbsent(name, agent) != null) {
            throw new IllegalStateException(
                    "An agent named "
                            + name
                            + " runs already; close it first, or name this one"
                            + " otherwise.");
        }
    }

    static void remove(String name, Mta agent) {
        RUNNING.remove(name, agent);
    }

    static Optional<Mta> find(String name) {
        return Optional.ofNullable(RUNNING.get(name.toLowerCase(Locale.ROOT)));
    }
}
