package io.embedmta.internal.dsn;

import io.embedmta.message.Content;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every meeting of RET, 8BITMIME, SMTPUTF8 and action. */
record Combination(Optional<DsnReturn> ret, boolean eightBit, boolean utf8, Action action) {

    static List<Combination> all() {
        List<Combination> all = new ArrayList<>();
        for (Action action : Action.values()) {
            for (boolean eightBit : new boolean[] {false, true}) {
                for (boolean utf8 : new boolean[] {false, true}) {
                    all.add(new Combination(Optional.empty(), eightBit, utf8, action));
                    for (DsnReturn ret : DsnReturn.values()) {
                        all.add(new Combination(Optional.of(ret), eightBit, utf8, action));
                    }
                }
            }
        }
        return all;
    }

    String recipient() {
        return utf8 ? "bøb@y.example" : "bob@y.example";
    }

    String original() {
        return "Message-ID: <one@x.example>\r\n"
                + ("Subject: " + (utf8 ? "grüße" : "greetings") + "\r\n")
                + "From: <ann@x.example>\r\n"
                + "MIME-Version: 1.0\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + ("Content-Transfer-Encoding: " + (eightBit ? "8bit" : "7bit") + "\r\n\r\n")
                + ((eightBit ? "blåbær" : "berries") + "\r\n");
    }

    DsnReport report() {
        Envelope envelope =
                Envelope.from("ann@x.example")
                        .to(recipient())
                        .withEightBit(eightBit || utf8)
                        .withSmtpUtf8(utf8)
                        .withEnvelopeId("QQ314159");
        return Reports.of(
                ret.map(envelope::withReturn).orElse(envelope),
                Content.of(original()),
                Reports.recipient(
                        Reports.withOriginal(recipient(), "list@x.example"),
                        action,
                        Reports.usualReply(action)));
    }

    /** RFC 3461 §4.3: never the whole for anything but a failure. */
    boolean isWhole() {
        return action == Action.FAILED && ret.map(DsnReturn.FULL::equals).orElse(true);
    }

    String statusType() {
        return utf8 ? "message/global-delivery-status" : "message/delivery-status";
    }

    String returnedType() {
        if (isWhole()) {
            return utf8 ? "message/global" : "message/rfc822";
        }
        return utf8 ? "message/global-headers" : "text/rfc822-headers";
    }
}
