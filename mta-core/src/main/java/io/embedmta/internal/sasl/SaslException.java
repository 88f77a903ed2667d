package io.embedmta.internal.sasl;

/** A server does not keep to a mechanism. The message holds no secret. */
public final class SaslException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    /** For a reason, as what the server gave in place of an answer. */
    public SaslException(String why) {
        super(why);
        this.why = why;
    }

    @Override
    public String getMessage() {
        return why;
    }
}
