package io.embedmta.internal.session;

import io.embedmta.smtp.Reply;

/** The replies that say the same each time. */
final class Replies {
    static final Reply OK = Reply.of(250, "2.0.0", "OK");
    static final Reply SENDER_OK = Reply.of(250, "2.1.0", "Sender OK");
    static final Reply RECIPIENT_OK = Reply.of(250, "2.1.5", "Recipient OK");
    static final Reply RESET = Reply.of(250, "2.0.0", "Reset");
    static final Reply SEND_MESSAGE = Reply.plain(354, "Send the message, end with <CRLF>.<CRLF>");
    static final Reply BYE = Reply.of(221, "2.0.0", "Bye");
    static final Reply HELP =
            Reply.of(
                    214,
                    "2.0.0",
                    "Commands: EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP",
                    "See RFC 5321.");
    static final Reply CANNOT_VERIFY =
            Reply.of(252, "2.5.0", "Cannot verify the user; send a message and see");

    static final Reply UNKNOWN_COMMAND = Reply.of(500, "5.5.1", "Command not recognized");
    static final Reply LINE_TOO_LONG = Reply.of(500, "5.5.2", "Command line too long");
    static final Reply BARE_LINE_FEED = Reply.of(500, "5.5.2", "End each command with CRLF");
    static final Reply NOT_TEXT = Reply.of(500, "5.5.2", "The command line is not valid text");
    static final Reply NO_ARGUMENT = Reply.of(501, "5.5.4", "This command takes no argument");
    static final Reply NOT_IMPLEMENTED = Reply.of(502, "5.5.1", "Command not implemented");
    static final Reply BINARY_NOT_IMPLEMENTED =
            Reply.of(504, "5.5.4", "BODY=BINARYMIME is not implemented");

    /** RFC 3207 §4. */
    static final Reply TLS_FIRST = Reply.of(530, "5.7.0", "Say STARTTLS first");

    static final Reply HELLO_FIRST = Reply.of(503, "5.5.1", "Say EHLO or HELO first");
    static final Reply MAIL_FIRST = Reply.of(503, "5.5.1", "Say MAIL first");
    static final Reply NESTED_MAIL =
            Reply.of(503, "5.5.1", "A transaction is open; end it or say RSET");
    static final Reply NO_VALID_RECIPIENTS = Reply.of(554, "5.5.1", "No valid recipients");
    static final Reply CHUNKS_UNDER_WAY =
            Reply.of(503, "5.5.1", "A message is under way with BDAT; go on with BDAT or RSET");

    /** RFC 5321 §4.5.3.1.10: the client sends the rest in another transaction. */
    static final Reply TOO_MANY_RECIPIENTS =
            Reply.of(452, "4.5.3", "Too many recipients, send the others later");

    static final Reply TOO_BUSY = Reply.of(421, "4.3.2", "Too many sessions, try again later");
    static final Reply TOO_MANY_OF_CLIENT =
            Reply.of(421, "4.7.0", "Too many sessions from your address, try again later");
    static final Reply TOO_MANY_ERRORS = Reply.of(421, "4.7.0", "Too many errors, goodbye");
    static final Reply TIME_OUT = Reply.of(421, "4.4.2", "You took too long, goodbye");
    static final Reply INTERNAL_ERROR_GOODBYE =
            Reply.of(421, "4.3.0", "Something went wrong here, try again later");

    private Replies() {}

    static Reply shuttingDown(String hostname) {
        return Reply.of(421, "4.3.2", hostname + " is shutting down, try again later");
    }
}
