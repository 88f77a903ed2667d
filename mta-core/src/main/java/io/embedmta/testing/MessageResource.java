package io.embedmta.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What there is to see of the messages of a fake server, by its path. Thread-safe. */
final class MessageResource {
    private static final int LONGEST_WAIT = 60;

    private static final Duration NEVER = Duration.ofDays(1);

    /** The page runs its own script alone, and shows mail in frames alone. */
    private static final String OF_THE_PAGE =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                    + " connect-src 'self'; frame-src 'self'; frame-ancestors 'none'";

    /** A message is a stranger's: it runs nothing, and fetches nothing. */
    private static final String OF_MAIL =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private static final String POLICY = "Content-Security-Policy";

    private final Mailroom room;

    MessageResource(Mailroom room) {
        this.room = room;
    }

    /**
     * Answers a request.
     *
     * @param query as it was sent; empty if there is none
     * @throws IllegalArgumentException if the query is wrong; it says what to do
     */
    ViewReply answer(String method, String path, String query) {
        List<String> parts = List.of(path.substring(1).split("/", -1));
        if (method.equals("DELETE") && path.equals("/messages")) {
            room.forget();
            return ViewReply.done();
        }
        if (!method.equals("GET")) {
            return ViewReply.sorry(405, "GET shows something; DELETE /messages forgets them all.")
                    .with("Allow", path.equals("/messages") ? "GET, DELETE" : "GET");
        }
        if (path.equals("/")) {
            return page();
        }
        if (!parts.get(0).equals("messages") || parts.size() > 4) {
            return notFound();
        }
        return parts.size() == 1 ? list(query) : part(parts);
    }

    private static ViewReply notFound() {
        return ViewReply.sorry(404, "There is no such thing here; /messages lists what there is.");
    }

    private static ViewReply page() {
        try (InputStream page =
                Objects.requireNonNull(
                        MessageResource.class.getResourceAsStream("view.html"), "view.html")) {
            String text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            return ViewReply.of(200, "text/html; charset=utf-8", text).with(POLICY, OF_THE_PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ViewReply list(String query) {
        MailMatcher matcher = MailMatcher.any();
        int wait = 0;
        for (String pair : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, Math.max(0, equals));
            String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
            switch (name) {
                case "to" -> matcher = matcher.and(MailMatcher.to(value));
                case "from" -> matcher = matcher.and(MailMatcher.from(value));
                case "subject" -> matcher = matcher.and(MailMatcher.subject(value));
                case "body" -> matcher = matcher.and(MailMatcher.body(value));
                case "wait" -> wait = seconds(value);
                default ->
                        throw new IllegalArgumentException(
                                "Messages are looked for by to, from, subject and body, and waited"
                                        + " for by wait=SECONDS; not by \""
                                        + pair
                                        + "\".");
            }
        }
        List<Received> found = find(matcher, Duration.ofSeconds(wait));
        return ViewReply.json(MessageJson.list(found));
    }

    private static int seconds(String value) {
        try {
            int seconds = Integer.parseInt(value);
            if (seconds >= 0 && seconds <= LONGEST_WAIT) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("wait is 0 to 60 seconds, not \"" + value + "\".");
    }

    private List<Received> find(MailMatcher matcher, Duration wait) {
        List<Received> found = new ArrayList<>();
        room.await(
                wait,
                NEVER,
                () -> {
                    found.clear();
                    room.mails().stream().filter(matcher::matches).forEach(found::add);
                    return !found.isEmpty();
                });
        return found;
    }

    private ViewReply part(List<String> parts) {
        Optional<Received> mail =
                room.mails().stream()
                        .filter(each -> each.id().text().equals(parts.get(1)))
                        .findFirst();
        if (mail.isEmpty()) {
            return notFound();
        }
        if (parts.size() == 2) {
            return ViewReply.json(MessageJson.of(mail.get()).toString());
        }
        return switch (parts.get(2) + '/' + parts.size()) {
            case "raw/3" -> ViewReply.plain(mail.get().content()).with(POLICY, OF_MAIL);
            case "html/3" ->
                    ViewReply.of(200, "text/html; charset=utf-8", mail.get().html())
                            .with(POLICY, OF_MAIL);
            case "attachments/4" -> attachment(mail.get(), parts.get(3));
            default -> notFound();
        };
    }

    private static ViewReply attachment(Received mail, String number) {
        List<Attachment> attachments = mail.attachments();
        for (int i = 0; i < attachments.size(); i++) {
            if (number.equals(Integer.toString(i))) {
                Attachment attachment = attachments.get(i);
                return new ViewReply(
                        200,
                        attachment.type(),
                        attachment.content(),
                        Map.of("Content-Disposition", disposition(attachment), POLICY, OF_MAIL));
            }
        }
        return notFound();
    }

    /** RFC 6266 §4.3, in the coding of RFC 8187 §3.2: a name may hold anything. */
    private static String disposition(Attachment attachment) {
        return "attachment; filename*=UTF-8''"
                + URLEncoder.encode(attachment.name(), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("*", "%2A");
    }
}
