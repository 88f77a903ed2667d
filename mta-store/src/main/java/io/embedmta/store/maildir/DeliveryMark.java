package io.embedmta.store.maildir;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;

/**
 * The part of a file name that says which delivery it is: the message and the recipient. The same
 * for each attempt, so that an attempt after a crash finds the file of the one before.
 *
 * @param text such as {@code -Q3CXH7T9K2-R0123456789abcdef.}; no queue id holds a hyphen, so no
 *     mark is part of another
 */
record DeliveryMark(String text) {
    private static final int DIGEST_DIGITS = 16;

    /** Of the address as it was given: {@code ann} and {@code ann+lists} each get their copy. */
    static DeliveryMark of(QueueId id, MailAddress recipient) {
        String address = MailboxName.escape(recipient.localPart()) + "@" + recipient.domain();
        String digest = MailboxName.sha256(address).substring(0, DIGEST_DIGITS);
        return new DeliveryMark("-Q" + id + "-R" + digest + ".");
    }

    boolean isIn(String fileName) {
        return fileName.contains(text);
    }
}
