package io.embedmta.testing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a test looks for in a text. */
final class Findings {
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"'\\\\^`{|}]+");
    private static final Pattern HREF =
            Pattern.compile(
                    "(?:href|src)\\s*=\\s*([\"'])(https?://.*?)\\1", Pattern.CASE_INSENSITIVE);
    private static final Pattern CODE =
            Pattern.compile("(?<![\\p{Alnum}.,:/=&%+_-])\\d{4,8}(?![\\p{Alnum}/=&%+_-]|[.,:]\\d)");

    private Findings() {}

    static List<String> links(String text, String html) {
        Set<String> found = new LinkedHashSet<>();
        LINK.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(Findings::trimmed)
                .forEach(found::add);
        HREF.matcher(html)
                .results()
                .map(match -> match.group(2).replace("&amp;", "&"))
                .forEach(found::add);
        return List.copyOf(found);
    }

    /** Without the marks that end a sentence, and a bracket that opened before the address. */
    private static String trimmed(String link) {
        int end = link.length();
        while (end > 0
                && (".,;:!?]".indexOf(link.charAt(end - 1)) >= 0
                        || (link.charAt(end - 1) == ')' && link.indexOf('(') < 0))) {
            end--;
        }
        return link.substring(0, end);
    }

    static List<String> codes(String text) {
        return CODE.matcher(text).results().map(MatchResult::group).distinct().toList();
    }
}
