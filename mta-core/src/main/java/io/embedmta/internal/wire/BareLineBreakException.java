package io.embedmta.internal.wire;

import java.io.IOException;

/**
 * A message holds a CR or an LF that is not part of a CRLF. Servers that take one for a line end
 * can be made to see a second message in it (RFC 5321 §2.3.8), so it never leaves us.
 */
public final class BareLineBreakException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message which one, and where
     */
    public BareLineBreakException(String message) {
        super(message);
    }
}
