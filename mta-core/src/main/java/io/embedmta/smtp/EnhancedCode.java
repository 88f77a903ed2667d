package io.embedmta.smtp;

import java.util.Optional;

/**
 * An enhanced mail system status code (RFC 3463), such as {@code 5.1.1}.
 *
 * @param category 2 (success), 4 (persistent transient failure) or 5 (permanent failure)
 * @param subject what the status is about, 0 to 999
 * @param detail the precise condition, 0 to 999
 */
public record EnhancedCode(int category, int subject, int detail) {

    /**
     * Checks the ranges of RFC 3463 §2.
     *
     * @throws SyntaxException if a number is outside its range
     */
    public EnhancedCode {
        if (category != 2 && category != 4 && category != 5) {
            throw new SyntaxException("An enhanced status code begins with 2, 4 or 5.");
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new SyntaxException(
                    "Subject and detail of an enhanced status code are 0 to 999.");
        }
    }

    /**
     * Reads a code that the programmer wrote.
     *
     * @throws SyntaxException if the text is not a code
     */
    public static EnhancedCode of(String text) {
        // No lambda: every agent reads codes as it starts, and the JVM would make code for it.
        Optional<EnhancedCode> code = parse(text);
        if (code.isEmpty()) {
            throw new SyntaxException(
                    "Write an enhanced status code like 5.1.1, not \"" + text + "\".");
        }
        return code.get();
    }

    /** Reads a code that a peer sent; empty if the text is none. */
    public static Optional<EnhancedCode> parse(String text) {
        int firstDot = text.indexOf('.');
        int secondDot = text.indexOf('.', firstDot + 1);
        if (firstDot != 1 || secondDot < 0) {
            return Optional.empty();
        }
        int category = number(text, 0, firstDot);
        int subject = number(text, firstDot + 1, secondDot);
        int detail = number(text, secondDot + 1, text.length());
        if ((category != 2 && category != 4 && category != 5) || subject < 0 || detail < 0) {
            return Optional.empty();
        }
        return Optional.of(new EnhancedCode(category, subject, detail));
    }

    /** One to three digits, or -1. */
    private static int number(String text, int from, int to) {
        if (to <= from || to - from > 3) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }

    /** The same subject and detail under another category, as when a retry gives up. */
    public EnhancedCode withCategory(int newCategory) {
        return new EnhancedCode(newCategory, subject, detail);
    }

    @Override
    public String toString() {
        return category + "." + subject + "." + detail;
    }
}
