package io.embedmta.examples.relay;

import io.embedmta.store.journal.JournalQueue;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens spools, or says in a sentence why not. */
final class Spools {

    /** The file that each spool has, and no other directory. */
    private static final String MARK = "spool";

    private Spools() {}

    /** Opens a spool; makes it if there is none. */
    static JournalQueue open(Path directory) throws CommandFailure {
        try {
            return JournalQueue.open(directory);
        } catch (IOException e) {
            throw CommandFailure.cannot(sentence(e));
        }
    }

    /** Refuses what is no spool, so that a wrong path does not become one. */
    static void refuseUnlessThere(Path directory) throws CommandFailure {
        try {
            Files.getLastModifiedTime(directory.resolve(MARK));
        } catch (IOException e) {
            boolean isThere = !(e instanceof NoSuchFileException) && Files.isDirectory(directory);
            throw isThere
                    ? cannotOpen(directory, e)
                    : CommandFailure.cannot("there is no spool in " + directory);
        }
    }

    /** Opens a spool of a relay that does not run. */
    static JournalQueue openStopped(Path directory) throws CommandFailure {
        refuseForeign(directory);
        return open(directory);
    }

    /** Files that root makes would keep the relay's own user out from then on. */
    private static void refuseForeign(Path directory) throws CommandFailure {
        String owner;
        try {
            owner = Files.getOwner(directory.resolve(MARK)).getName();
        } catch (IOException e) {
            throw cannotOpen(directory, e);
        }
        if (System.getProperty("user.name").equals("root") && !owner.equals("root")) {
            throw CommandFailure.cannot(
                    "the spool " + directory + " belongs to " + owner + "; run this as " + owner);
        }
    }

    private static CommandFailure cannotOpen(Path directory, IOException cause) {
        return CommandFailure.cannot("cannot open the spool " + directory + ": " + sentence(cause));
    }

    /** What the exceptions of files mean, which have no words of their own. */
    static String sentence(IOException e) {
        if (e instanceof FileSystemException trouble) {
            return trouble.getFile() + ": " + reason(trouble);
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String reason(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        return e instanceof FileAlreadyExistsException
                ? "it is there already"
                : e.getClass().getSimpleName();
    }
}
