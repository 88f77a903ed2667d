package io.embedmta.dns.mtasts;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The TXT record that says that a domain has a policy, and which (RFC 8461 §3.1). */
final class StsRecord {
    private static final String START = "v=STSv1;";
    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([!-:<>-~]+)");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,32}");

    private StsRecord() {}

    /**
     * The id of the policy; empty if the domain has none, or the records are not as they should be.
     *
     * @param texts the TXT records of {@code _mta-sts.<domain>}
     */
    static Optional<String> id(List<String> texts) {
        List<String> records = texts.stream().filter(text -> text.startsWith(START)).toList();
        return records.size() == 1 ? read(records.get(0)) : Optional.empty();
    }

    private static Optional<String> read(String record) {
        String id = null;
        String[] fields = record.substring(START.length()).split(";", -1);
        for (int i = 0; i < fields.length; i++) {
            String field = stripBlanks(fields[i]);
            if (field.isEmpty() && i == fields.length - 1) {
                break;
            }
            Matcher matcher = FIELD.matcher(field);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            // RFC 8461 §3.2: of a field that is repeated, the first counts.
            if (matcher.group(1).equals("id") && id == null) {
                id = matcher.group(2);
            }
        }
        return Optional.ofNullable(id).filter(text -> ID.matcher(text).matches());
    }

    /** Without spaces and tabs around it; other white space is no part of the grammar. */
    private static String stripBlanks(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
