package io.embedmta.dns.tlsrpt;

import io.embedmta.internal.json.JsonObject;
import io.embedmta.tls.AppliedPolicy;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** A report in JSON (RFC 8460 §4.4). */
final class ReportJson {
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
        JsonObject dates =
                new JsonObject()
                        .field("start-datetime", day.start().toString())
                        // The last second of the day, as in the RFC's example.
                        .field("end-datetime", day.end().minus(1, ChronoUnit.SECONDS).toString());
        return new JsonObject()
                .field("organization-name", organization)
                .field("date-range", dates)
                .field("contact-info", contact)
                .field("report-id", id)
                .objects(
                        "policies",
                        policies.entrySet().stream()
                                .map(each -> policy(each.getKey(), each.getValue()))
                                .toList())
                .toString();
    }

    private static JsonObject policy(PolicyResults.Policy policy, PolicyResults results) {
        JsonObject described = new JsonObject().field("policy-type", type(policy.type()));
        if (!policy.lines().isEmpty()) {
            described.texts("policy-string", policy.lines());
        }
        described.field("policy-domain", policy.domain());
        if (!policy.patterns().isEmpty()) {
            described.texts("mx-host", policy.patterns());
        }
        JsonObject summary =
                new JsonObject()
                        .field("total-successful-session-count", results.successes)
                        .field("total-failure-session-count", results.failures);
        JsonObject json = new JsonObject().field("policy", described).field("summary", summary);
        return results.details.isEmpty()
                ? json
                : json.objects(
                        "failure-details",
                        results.details.entrySet().stream()
                                .map(each -> failure(each.getKey(), each.getValue()))
                                .toList());
    }

    private static String type(AppliedPolicy.Type type) {
        return switch (type) {
            case TLSA -> "tlsa";
            case STS -> "sts";
            case NONE -> "no-policy-found";
        };
    }

    private static JsonObject failure(PolicyResults.Failure failure, long count) {
        JsonObject json = new JsonObject().field("result-type", failure.kind().text());
        optional(json, "sending-mta-ip", failure.local());
        optional(json, "receiving-ip", failure.remote());
        optional(json, "receiving-mx-hostname", failure.exchanger());
        optional(json, "failure-reason-code", failure.detail());
        return json.field("failed-session-count", count);
    }

    private static void optional(JsonObject json, String name, String value) {
        if (!value.isEmpty()) {
            json.field(name, value);
        }
    }
}
