package io.embedmta.testing;

import io.embedmta.internal.session.SessionScript;
import java.util.Locale;

/**
 * Where in a session a {@link FaultRule} acts. Immutable. Meant for a static import:
 *
 * <pre>{@code
 * mail.on(rcpt("bob@*")).times(2).reply(451, "4.3.0", "later");
 * }</pre>
 */
public final class Stage {
    private final SessionScript.Stage kind;
    private final Pattern argument;

    private Stage(SessionScript.Stage kind, Pattern argument) {
        this.kind = kind;
        this.argument = argument;
    }

    private static Stage any(SessionScript.Stage kind) {
        return new Stage(kind, Pattern.ANY);
    }

    /** A client has connected, and not an octet was said; over implicit TLS, not one of TLS. */
    public static Stage connect() {
        return any(SessionScript.Stage.CONNECT);
    }

    /** In place of the greeting. */
    public static Stage banner() {
        return any(SessionScript.Stage.BANNER);
    }

    /** EHLO or HELO came. */
    public static Stage ehlo() {
        return any(SessionScript.Stage.EHLO);
    }

    /** STARTTLS came. */
    public static Stage starttls() {
        return any(SessionScript.Stage.STARTTLS);
    }

    /** AUTH came, with any mechanism; nothing was proved yet. */
    public static Stage auth() {
        return any(SessionScript.Stage.AUTH);
    }

    /** MAIL came. */
    public static Stage mail() {
        return any(SessionScript.Stage.MAIL);
    }

    /**
     * MAIL came with such a sender.
     *
     * @param sender an address, in which {@code *} stands for any text; empty for the null sender
     */
    public static Stage mail(String sender) {
        return new Stage(SessionScript.Stage.MAIL, Pattern.ofPath("mail", sender));
    }

    /** RCPT came. */
    public static Stage rcpt() {
        return any(SessionScript.Stage.RCPT);
    }

    /**
     * RCPT came with such a recipient.
     *
     * @param recipient an address, in which {@code *} stands for any text
     */
    public static Stage rcpt(String recipient) {
        return new Stage(SessionScript.Stage.RCPT, Pattern.ofAddress("rcpt", recipient));
    }

    /** DATA came, and not an octet of the message. Of a client that uses BDAT there is no such. */
    public static Stage data() {
        return any(SessionScript.Stage.DATA);
    }

    /** The whole message came; it is not taken. */
    public static Stage endOfData() {
        return any(SessionScript.Stage.END_OF_DATA);
    }

    /**
     * The message was taken, and its sender does not know: to lose the connection here makes a
     * client send it twice (RFC 1047).
     */
    public static Stage accepted() {
        return any(SessionScript.Stage.ACCEPTED);
    }

    /** QUIT came. */
    public static Stage quit() {
        return any(SessionScript.Stage.QUIT);
    }

    SessionScript.Stage kind() {
        return kind;
    }

    /** The path of MAIL or RCPT, or anything for another verb. */
    boolean fits(SessionScript.Stage stage, String path) {
        return stage == kind && argument.fits(path);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        int mark = name.indexOf('_');
        String call = mark < 0 ? name : "endOfData";
        return argument == Pattern.ANY ? call + "()" : call + "(\"" + argument + "\")";
    }
}
