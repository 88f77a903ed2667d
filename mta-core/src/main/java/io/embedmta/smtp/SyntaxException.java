package io.embedmta.smtp;

/**
 * A text that does not follow the grammar it was read by. The message is one sentence that says
 * what is wrong, fit to be sent to a peer. Parsers throw it on hostile input, so it carries no
 * stack trace.
 */
public final class SyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    /**
     * @param message what is wrong, in one sentence
     */
    public SyntaxException(String message) {
        super(message);
        this.sentence = message;
    }

    @Override
    public String getMessage() {
        return sentence;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
