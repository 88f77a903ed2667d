package io.embedmta.dns.mtasts;

import java.util.List;
import java.util.Optional;

/** The TXT record by which a domain says that it has a policy (RFC 8461 §3.1). Pure functions. */
final class StsRecord {
    private static final String VERSION = "v=STSv1";
    private static final int MAX_ID = 32;

    private StsRecord() {}

    /**
     * The id of the policy; empty unless there is exactly one record of the kind, and it is well
     * formed.
     */
    static Optional<String> id(List<String> texts) {
        List<String> records = texts.stream().filter(StsRecord::isOfTheKind).toList();
        return records.size() == 1 ? idOf(records.get(0)) : Optional.empty();
    }

    /** {@code v=STSv1} and a semicolon, with blanks before it. */
    private static boolean isOfTheKind(String text) {
        return text.startsWith(VERSION)
                && text.substring(VERSION.length()).stripLeading().startsWith(";");
    }

    /** Fields by semicolons, in any order; those not known are for later versions. */
    private static Optional<String> idOf(String text) {
        for (String field : text.split(";", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0 && field.substring(0, equals).strip().equals("id")) {
                return Optional.of(field.substring(equals + 1).strip()).filter(StsRecord::isId);
            }
        }
        return Optional.empty();
    }

    private static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_ID
                && text.chars()
                        .allMatch(
                                c ->
                                        (c >= '0' && c <= '9')
                                                || (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z'));
    }
}
