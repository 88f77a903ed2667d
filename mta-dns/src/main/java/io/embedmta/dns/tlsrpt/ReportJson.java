package io.embedmta.dns.tlsrpt;

import io.embedmta.tls.AppliedPolicy;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** A report in JSON (RFC 8460 §4.4). */
final class ReportJson {
    private final StringBuilder out = new StringBuilder(1024);

    private ReportJson() {}

    /**
     * Of one domain on one day.
     *
     * @param organization who reports
     * @param contact a mail address
     * @param id of the report
     */
    static String of(
            Day day,
            Map<PolicyResults.Policy, PolicyResults> policies,
            String organization,
            String contact,
            String id) {
        ReportJson json = new ReportJson();
        json.report(day, policies, organization, contact, id);
        return json.out.toString();
    }

    private void report(
            Day day,
            Map<PolicyResults.Policy, PolicyResults> policies,
            String organization,
            String contact,
            String id) {
        out.append('{');
        text("organization-name", organization).append(',');
        name("date-range").append('{');
        text("start-datetime", day.start().toString()).append(',');
        // The last second of the day, as in the RFC's example.
        text("end-datetime", day.end().minus(1, ChronoUnit.SECONDS).toString()).append("},");
        text("contact-info", contact).append(',');
        text("report-id", id).append(',');
        name("policies").append('[');
        String separator = "";
        for (Map.Entry<PolicyResults.Policy, PolicyResults> each : policies.entrySet()) {
            out.append(separator);
            separator = ",";
            policy(each.getKey(), each.getValue());
        }
        out.append("]}");
    }

    private void policy(PolicyResults.Policy policy, PolicyResults results) {
        out.append('{');
        name("policy").append('{');
        text("policy-type", type(policy.type())).append(',');
        if (!policy.lines().isEmpty()) {
            texts("policy-string", policy.lines()).append(',');
        }
        text("policy-domain", policy.domain());
        if (!policy.patterns().isEmpty()) {
            out.append(',');
            texts("mx-host", policy.patterns());
        }
        out.append("},");
        name("summary").append('{');
        name("total-successful-session-count").append(results.successes).append(',');
        name("total-failure-session-count").append(results.failures).append('}');
        if (!results.details.isEmpty()) {
            out.append(',');
            name("failure-details").append('[');
            String separator = "";
            for (Map.Entry<PolicyResults.Failure, Long> each : results.details.entrySet()) {
                out.append(separator);
                separator = ",";
                failure(each.getKey(), each.getValue());
            }
            out.append(']');
        }
        out.append('}');
    }

    private static String type(AppliedPolicy.Type type) {
        return switch (type) {
            case TLSA -> "tlsa";
            case STS -> "sts";
            case NONE -> "no-policy-found";
        };
    }

    private void failure(PolicyResults.Failure failure, long count) {
        out.append('{');
        text("result-type", failure.kind().text()).append(',');
        optional("sending-mta-ip", failure.local());
        optional("receiving-ip", failure.remote());
        optional("receiving-mx-hostname", failure.exchanger());
        optional("failure-reason-code", failure.detail());
        name("failed-session-count").append(count).append('}');
    }

    private void optional(String name, String value) {
        if (!value.isEmpty()) {
            text(name, value).append(',');
        }
    }

    private StringBuilder texts(String name, List<String> values) {
        name(name).append('[');
        String separator = "";
        for (String value : values) {
            out.append(separator);
            separator = ",";
            string(value);
        }
        return out.append(']');
    }

    private StringBuilder text(String name, String value) {
        name(name);
        return string(value);
    }

    private StringBuilder name(String name) {
        return string(name).append(':');
    }

    /** RFC 8259 §7; half a surrogate pair has no UTF-8 (§8.2). */
    private StringBuilder string(String text) {
        out.append('"');
        text.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                out.append('\\').append((char) c);
                            } else if (c < ' ') {
                                out.append("\\u00")
                                        .append(Character.forDigit(c >> 4, 16))
                                        .append(Character.forDigit(c & 15, 16));
                            } else {
                                boolean half = c >= 0xd800 && c < 0xe000;
                                out.appendCodePoint(half ? 0xfffd : c);
                            }
                        });
        return out.append('"');
    }
}
