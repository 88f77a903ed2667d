package io.embedmta.testing;

import io.embedmta.auth.Identity;
import io.embedmta.internal.json.JsonObject;
import io.embedmta.message.Envelope;
import io.embedmta.message.Notify;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Messages for programs. Times are ISO 8601 in UTC; the null sender is an empty string; what the
 * client did not say is not there.
 */
final class MessageJson {
    private MessageJson() {}

    /** Of all messages, what tells them apart. */
    static String list(List<Received> mails) {
        return JsonObject.array(mails.stream().map(MessageJson::summary).toList());
    }

    private static JsonObject summary(Received mail) {
        return new JsonObject()
                .field("id", mail.id().text())
                .field("at", mail.at().toString())
                .field("from", mail.sender())
                .texts("to", mail.recipients())
                .field("subject", mail.subject())
                .field("size", mail.content().size());
    }

    /** All of one message. */
    static JsonObject of(Received mail) {
        MimeMessage mime = mail.mimeMessage();
        MimeContent parts = MimeContent.of(mime);
        JsonObject json =
                summary(mail)
                        .field("envelope", envelope(mail.envelope()))
                        .objects("headers", headers(mime))
                        .field("text", parts.text())
                        .field("html", parts.html())
                        .objects("attachments", attachments(mail, parts.attachments()))
                        .texts("links", mail.links())
                        .texts("codes", mail.codes());
        mail.tls()
                .ifPresent(
                        tls ->
                                json.field(
                                        "tls",
                                        new JsonObject()
                                                .field("protocol", tls.protocol())
                                                .field("cipher", tls.cipher())));
        mail.user().map(Identity::name).ifPresent(name -> json.field("user", name));
        return json.texts("transcript", mail.transcript()).field("raw", path(mail) + "/raw");
    }

    private static String path(Received mail) {
        return "/messages/" + mail.id().text();
    }

    /** The parameters by their names in SMTP. */
    private static JsonObject envelope(Envelope envelope) {
        JsonObject json = new JsonObject();
        if (envelope.eightBit()) {
            json.field("body", "8BITMIME");
        }
        if (envelope.smtpUtf8()) {
            json.field("smtputf8", true);
        }
        envelope.dsnReturn().ifPresent(wanted -> json.field("ret", wanted.name()));
        envelope.envelopeId().ifPresent(id -> json.field("envid", id));
        if (envelope.tlsRequest() == TlsRequest.REQUIRED) {
            json.field("requiretls", true);
        }
        return json.objects(
                "recipients", envelope.recipients().stream().map(MessageJson::recipient).toList());
    }

    private static JsonObject recipient(Recipient recipient) {
        JsonObject json = new JsonObject().field("address", recipient.address().toString());
        recipient
                .notifyParameter()
                .ifPresent(
                        wanted ->
                                json.texts(
                                        "notify",
                                        wanted.isEmpty()
                                                ? List.of("NEVER")
                                                : wanted.stream().map(Notify::name).toList()));
        recipient
                .original()
                .ifPresent(orcpt -> json.field("orcpt", orcpt.type() + ";" + orcpt.address()));
        return json;
    }

    private static List<JsonObject> headers(MimeMessage mime) {
        List<JsonObject> fields = new ArrayList<>();
        try {
            for (Header field : Collections.list(mime.getAllHeaders())) {
                fields.add(
                        new JsonObject()
                                .field("name", field.getName())
                                .field("value", MimeContent.value(field.getValue())));
            }
        } catch (MessagingException e) {
            throw new IllegalStateException("The message is no MIME message.", e);
        }
        return fields;
    }

    private static List<JsonObject> attachments(Received mail, List<Attachment> attachments) {
        List<JsonObject> all = new ArrayList<>();
        for (int i = 0; i < attachments.size(); i++) {
            Attachment each = attachments.get(i);
            all.add(
                    new JsonObject()
                            .field("name", each.name())
                            .field("type", each.type())
                            .field("size", each.content().size())
                            .field("path", path(mail) + "/attachments/" + i));
        }
        return all;
    }
}
