package io.embedmta.dns.mtasts;

import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of a policy (RFC 8461 §3.2). A pure function. */
final class PolicyParser {
    /** A year of 365.25 days. */
    private static final long MAX_AGE_SECONDS = 31_557_600;

    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \\t]*(.*)");
    private static final Pattern HOST =
            Pattern.compile(
                    "(\\*\\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
                            + "(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
    private static final int MAX_NAME = 253;

    private final Map<String, String> once = new LinkedHashMap<>();
    private final Set<String> patterns = new LinkedHashSet<>();
    private final List<String> lines = new ArrayList<>();

    private PolicyParser() {}

    /**
     * Reads a policy.
     *
     * @param octets as they came
     * @throws PolicySyntaxException if it is none
     */
    static StsPolicy parse(byte[] octets) throws PolicySyntaxException {
        PolicyParser parser = new PolicyParser();
        // A CR elsewhere than before LF is a control character like any other.
        for (String line : decode(octets).split("\r?\n", -1)) {
            parser.line(stripEnd(line));
        }
        return parser.policy();
    }

    private static String decode(byte[] octets) throws PolicySyntaxException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new PolicySyntaxException("the policy is not UTF-8");
        }
    }

    private static String stripEnd(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        return line.substring(0, end);
    }

    private void line(String line) throws PolicySyntaxException {
        if (line.isEmpty()) {
            return;
        }
        Matcher field = FIELD.matcher(line);
        if (!field.matches()
                || line.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
            throw new PolicySyntaxException("a line of the policy is not a name and a value");
        }
        String value = field.group(2);
        switch (field.group(1)) {
            case "mx" -> patterns.add(pattern(value));
            // Of a field that is repeated, the first counts.
            case "version", "mode", "max_age" -> once.putIfAbsent(field.group(1), value);
            default -> {
                // "Unknown fields SHALL be ignored."
                return;
            }
        }
        lines.add(line);
    }

    private static String pattern(String value) throws PolicySyntaxException {
        String name = value.toLowerCase(Locale.ROOT);
        // The length first: the expression takes a step deeper for each label.
        if (name.length() > MAX_NAME || !HOST.matcher(name).matches()) {
            throw new PolicySyntaxException("an mx of the policy is no name of a host");
        }
        return name;
    }

    private StsPolicy policy() throws PolicySyntaxException {
        if (!"STSv1".equals(once.get("version"))) {
            throw new PolicySyntaxException("the policy is not of version STSv1");
        }
        Mode mode =
                switch (once.getOrDefault("mode", "")) {
                    case "enforce" -> Mode.ENFORCE;
                    case "testing" -> Mode.TESTING;
                    case "none" -> Mode.NONE;
                    default -> throw new PolicySyntaxException("the policy has no known mode");
                };
        if (patterns.isEmpty() && mode != Mode.NONE) {
            throw new PolicySyntaxException("the policy names no mx");
        }
        return new StsPolicy(mode, List.copyOf(patterns), maxAge(), lines);
    }

    private Duration maxAge() throws PolicySyntaxException {
        String digits = once.getOrDefault("max_age", "");
        if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > MAX_AGE_SECONDS) {
            throw new PolicySyntaxException("the policy has no max_age of 0 to 31557600");
        }
        return Duration.ofSeconds(Long.parseLong(digits));
    }
}
