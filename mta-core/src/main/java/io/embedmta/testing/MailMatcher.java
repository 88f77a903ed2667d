package io.embedmta.testing;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a message should be like. When none is, it tells of each what did not fit. Immutable. Meant
 * for a static import:
 *
 * <pre>{@code
 * Received welcome = mail.await(to("ann@example.org").and(subject("Welcome")));
 * }</pre>
 */
public final class MailMatcher {
    private final String description;

    /** Says what did not fit; empty if all did. */
    private final Function<Received, Optional<String>> mismatch;

    private MailMatcher(String description, Function<Received, Optional<String>> mismatch) {
        this.description = description;
        this.mismatch = mismatch;
    }

    private static MailMatcher of(
            String description, Predicate<Received> test, Function<Received, ?> actual) {
        return new MailMatcher(
                description,
                mail ->
                        test.test(mail)
                                ? Optional.empty()
                                : Optional.of(description + ": it is " + actual.apply(mail)));
    }

    /** Any message. */
    public static MailMatcher any() {
        return new MailMatcher("any()", mail -> Optional.empty());
    }

    /**
     * A recipient of the envelope, Bcc included.
     *
     * @param address in which {@code *} stands for any text
     * @throws IllegalArgumentException if it is no address, so that nothing could ever match
     */
    public static MailMatcher to(String address) {
        Pattern pattern = Pattern.ofAddress("to", address);
        return of(
                "to(\"" + address + "\")",
                mail -> mail.recipients().stream().anyMatch(pattern::fits),
                Received::recipients);
    }

    /**
     * The sender of the envelope.
     *
     * @param address in which {@code *} stands for any text; empty for the null sender of a bounce
     * @throws IllegalArgumentException if it is no address, so that nothing could ever match
     */
    public static MailMatcher from(String address) {
        Pattern pattern = Pattern.ofPath("from", address);
        return of(
                "from(\"" + address + "\")",
                mail -> pattern.fits(mail.sender()),
                mail -> "<" + mail.sender() + ">");
    }

    /** A part of the subject. */
    public static MailMatcher subject(String part) {
        wanted("subject", part);
        return of(
                "subject(\"" + part + "\")",
                mail -> mail.subject().contains(part),
                mail -> "\"" + mail.subject() + "\"");
    }

    /** A part of the text, be it plain or HTML. */
    public static MailMatcher body(String part) {
        wanted("body", part);
        return of(
                "body(\"" + part + "\")",
                mail -> mail.text().contains(part) || mail.html().contains(part),
                mail -> "\"" + start(mail.text().isEmpty() ? mail.html() : mail.text()) + "\"");
    }

    /** A field of the header section, whose value contains a text. */
    public static MailMatcher header(String name, String part) {
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 127 && c != ':')) {
            throw new IllegalArgumentException(
                    "header(\"" + name + "\") can never match: give the name of a field.");
        }
        return of(
                "header(\"" + name + "\", \"" + part + "\")",
                mail -> mail.headers(name).stream().anyMatch(value -> value.contains(part)),
                mail -> mail.headers(name));
    }

    /**
     * An attachment of that name.
     *
     * @param name in which {@code *} stands for any text
     */
    public static MailMatcher attachment(String name) {
        wanted("attachment", name);
        Pattern pattern = Pattern.ofName(name);
        return of(
                "attachment(\"" + name + "\")",
                mail -> mail.attachments().stream().anyMatch(each -> pattern.fits(each.name())),
                Received::attachments);
    }

    /**
     * Anything else.
     *
     * @param description as it reads when nothing fits
     */
    public static MailMatcher matching(String description, Predicate<Received> test) {
        return new MailMatcher(
                description,
                mail -> test.test(mail) ? Optional.empty() : Optional.of("not " + description));
    }

    /** Both of it. */
    public MailMatcher and(MailMatcher other) {
        return new MailMatcher(
                description + " and " + other.description,
                mail -> {
                    List<String> both =
                            List.of(mismatch, other.mismatch).stream()
                                    .flatMap(each -> each.apply(mail).stream())
                                    .toList();
                    return both.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", both));
                });
    }

    /** One of it, or both. */
    public MailMatcher or(MailMatcher other) {
        return new MailMatcher(
                "(" + description + " or " + other.description + ")",
                mail ->
                        mismatch.apply(mail)
                                .flatMap(
                                        first ->
                                                other.mismatch
                                                        .apply(mail)
                                                        .map(second -> first + "; " + second)));
    }

    /** The contrary. */
    public MailMatcher negate() {
        return new MailMatcher(
                "not " + description,
                mail -> matches(mail) ? Optional.of("it is " + description) : Optional.empty());
    }

    /** Whether it fits. */
    public boolean matches(Received mail) {
        return mismatch.apply(mail).isEmpty();
    }

    String mismatch(Received mail) {
        return mismatch.apply(mail).orElse("fits");
    }

    private static void wanted(String call, String part) {
        if (part.isEmpty()) {
            throw new IllegalArgumentException(
                    call + "(\"\") fits all messages: give a part of what you look for.");
        }
    }

    private static String start(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    @Override
    public String toString() {
        return description;
    }
}
