package io.embedmta.internal.wire;

/** What a text holds, for those who put it on the wire or took it from there. */
public final class Characters {

    private Characters() {}

    /** Whether the text can go where there is no SMTPUTF8 (RFC 6531) and no 8BITMIME. */
    public static boolean isAscii(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a control character, which no command holds (RFC 5321 §4.1.2). */
    public static boolean hasControls(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
