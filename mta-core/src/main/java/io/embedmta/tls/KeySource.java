package io.embedmta.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
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

    /**
     * Tells one state of the files from another. Links are followed, since a renewed certificate is
     * often put in place by a new link.
     */
    default List<Object> state() {
        List<Object> state = new ArrayList<>();
        for (Path file : files()) {
            try {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                state.add(found.lastModifiedTime());
                state.add(found.size());
                state.add(String.valueOf(found.fileKey()));
            } catch (IOException e) {
                state.add("missing");
            }
        }
        return state;
    }
}
