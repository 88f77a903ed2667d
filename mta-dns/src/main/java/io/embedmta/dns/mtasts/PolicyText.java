package io.embedmta.dns.mtasts;

import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The policy as a domain publishes it (RFC 8461 §3.2). Pure functions. */
final class PolicyText {
    /** §3.2: about a year. */
    private static final long MAX_AGE = 31_557_600;

    /** More than any domain has; a policy is sent and kept as a whole. */
    private static final int MAX_PATTERNS = 500;

    private static final Pattern HOST =
            Pattern.compile(
                    "(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]"
                            + "([a-z0-9-]{0,61}[a-z0-9])?");

    private PolicyText() {}

    /** Reads a policy. */
    static StsPolicy parse(String text) throws MalformedPolicyException {
        Map<String, String> fields = new HashMap<>();
        List<String> patterns = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String raw : text.split("\r?\n", -1)) {
            String line = raw.strip();
            if (line.isEmpty()) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new MalformedPolicyException("a line of the policy has no colon");
            }
            String name = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            lines.add(name + ": " + value);
            if (name.equals("mx")) {
                patterns.add(pattern(value));
            } else {
                // §3.2: of a field that stands twice, all but the first are ignored.
                fields.putIfAbsent(name, value);
            }
        }
        return policy(fields, patterns, lines);
    }

    private static StsPolicy policy(
            Map<String, String> fields, List<String> patterns, List<String> lines)
            throws MalformedPolicyException {
        if (!fields.getOrDefault("version", "").equals("STSv1")) {
            throw new MalformedPolicyException("the policy is not of version STSv1");
        }
        Mode mode = mode(fields.getOrDefault("mode", ""));
        Duration maxAge = maxAge(fields.getOrDefault("max_age", ""));
        if (patterns.isEmpty() && mode != Mode.NONE) {
            throw new MalformedPolicyException("the policy names no exchanger");
        }
        if (patterns.size() > MAX_PATTERNS) {
            throw new MalformedPolicyException("the policy names too many exchangers");
        }
        return new StsPolicy(mode, patterns, maxAge, lines);
    }

    private static Mode mode(String value) throws MalformedPolicyException {
        return switch (value) {
            case "enforce" -> Mode.ENFORCE;
            case "testing" -> Mode.TESTING;
            case "none" -> Mode.NONE;
            default -> throw new MalformedPolicyException("the policy has no mode that we know");
        };
    }

    private static Duration maxAge(String value) throws MalformedPolicyException {
        boolean number =
                !value.isEmpty()
                        && value.length() <= 10
                        && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            throw new MalformedPolicyException("the policy has no max_age of 1 to 10 digits");
        }
        return Duration.ofSeconds(Math.min(Long.parseLong(value), MAX_AGE));
    }

    /** A name, with {@code *.} in front for any one label (§4.1). */
    private static String pattern(String value) throws MalformedPolicyException {
        String name = value.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.length() > 253 || !HOST.matcher(name).matches()) {
            throw new MalformedPolicyException("the policy has a malformed mx");
        }
        return name;
    }
}
