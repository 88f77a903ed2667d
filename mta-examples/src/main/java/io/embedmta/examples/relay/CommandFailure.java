package io.embedmta.examples.relay;

/** Ends a command: its message is the one line on standard error. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What was asked for is right, and cannot be done now: exit code 1. */
    static CommandFailure cannot(String message) {
        return new CommandFailure(1, message);
    }

    /** What was asked for is wrong: exit code 2. */
    static CommandFailure wrong(Throwable cause) {
        return new CommandFailure(2, cause.getMessage());
    }

    int exitCode() {
        return exitCode;
    }
}
