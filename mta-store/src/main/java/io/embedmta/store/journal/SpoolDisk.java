package io.embedmta.store.journal;

import java.io.IOException;
import java.util.List;

/**
 * The few calls by which the journal touches the file system, apart from the rest so that tests can
 * stop the world at each of them. All names are of files in the one directory of the spool.
 * Thread-safe.
 */
interface SpoolDisk {

    /** The names of all files in the spool, in no order. */
    List<String> list() throws IOException;

    /** Makes an empty file for its owner alone; there must be none of that name. */
    SpoolFile create(String name) throws IOException;

    /** Opens a file that is there, to be read and changed. */
    SpoolFile open(String name) throws IOException;

    /** Gives a file another name, in place of the file that has it. */
    void rename(String from, String to) throws IOException;

    /** Takes a name out of the directory; one that is not there is no error. */
    void delete(String name) throws IOException;

    /** Makes the names in the directory durable. */
    void syncDirectory() throws IOException;

    /** Octets that may still be written. */
    long usableSpace() throws IOException;
}
