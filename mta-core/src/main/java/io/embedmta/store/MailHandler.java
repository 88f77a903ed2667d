package io.embedmta.store;

/** Mail into the application, as a lambda. Called from several threads at once. */
@FunctionalInterface
public interface MailHandler {

    /**
     * Takes the message for all recipients of its envelope. A normal return means delivered.
     *
     * @throws Exception to have the message deferred and tried again; the cause is logged
     */
    void handle(LocalMail mail) throws Exception;
}
