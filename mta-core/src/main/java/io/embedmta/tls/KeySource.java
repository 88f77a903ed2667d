package io.embedmta.tls;

import java.nio.file.Path;
import java.util.List;

/** Files that hold keys and their certificates. */
interface KeySource {

    /** The files. */
    List<Path> files();

    /**
     * Reads the files.
     *
     * @return one entry or more
     * @throws IllegalArgumentException if they cannot be used; the message says which and why
     */
    List<KeyEntry> load();
}
