package io.embedmta.dns.tlsrpt;

import io.embedmta.message.MailDomain;
import io.embedmta.tls.AppliedPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * One report: of one day, to one domain. Immutable.
 *
 * @param id unique among ours
 * @param json the report itself (RFC 8460 §4.4)
 */
record Report(LocalDate day, MailDomain domain, String id, String json) {

    static Report of(
            ReportSender sender,
            LocalDate day,
            MailDomain domain,
            String id,
            Map<AppliedPolicy, PolicyTally> policies) {
        JsonWriter json = new JsonWriter();
        json.open('{').field("organization-name", sender.organization());
        json.name("date-range").open('{');
        json.field("start-datetime", day + "T00:00:00Z");
        json.field("end-datetime", day + "T23:59:59Z").close('}');
        json.field("contact-info", "mailto:" + sender.contact());
        json.field("report-id", id);
        json.name("policies").open('[');
        policies.forEach((policy, tally) -> write(json, domain, policy, tally));
        json.close(']').close('}');
        return new Report(day, domain, id, json.toString());
    }

    private static void write(
            JsonWriter json, MailDomain domain, AppliedPolicy policy, PolicyTally tally) {
        json.open('{').name("policy").open('{');
        json.field("policy-type", type(policy));
        if (policy.type() != AppliedPolicy.Type.NONE) {
            json.field("policy-string", policy.lines());
        }
        json.field("policy-domain", domain.text());
        if (!policy.patterns().isEmpty()) {
            json.field("mx-host", policy.patterns());
        }
        json.close('}').name("summary").open('{');
        json.field("total-successful-session-count", tally.succeeded());
        json.field("total-failure-session-count", tally.failed()).close('}');
        if (!tally.failures().isEmpty()) {
            json.name("failure-details").open('[');
            tally.failures().forEach((failure, count) -> write(json, failure, count));
            json.close(']');
        }
        json.close('}');
    }

    private static String type(AppliedPolicy policy) {
        return switch (policy.type()) {
            case TLSA -> "tlsa";
            case STS -> "sts";
            case NONE -> "no-policy-found";
        };
    }

    private static void write(JsonWriter json, PolicyTally.Failure failure, long count) {
        json.open('{').field("result-type", failure.kind().text());
        writeUnlessEmpty(json, "sending-mta-ip", failure.local());
        writeUnlessEmpty(json, "receiving-mx-hostname", failure.exchanger());
        writeUnlessEmpty(json, "receiving-ip", failure.remote());
        json.field("failed-session-count", count);
        writeUnlessEmpty(json, "failure-reason-code", failure.detail());
        json.close('}');
    }

    private static void writeUnlessEmpty(JsonWriter json, String name, String value) {
        if (!value.isEmpty()) {
            json.field(name, value);
        }
    }

    /** As it is sent (RFC 8460 §5.2). */
    byte[] gzipped() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(octets)) {
            out.write(json.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }

    /** RFC 8460 §5.1. */
    String fileName(ReportSender sender) {
        long begin = day.toEpochSecond(LocalTime.MIDNIGHT, ZoneOffset.UTC);
        return String.join(
                        "!",
                        List.of(
                                sender.hostname(),
                                domain.text(),
                                Long.toString(begin),
                                Long.toString(begin + 86_399)))
                + ".json.gz";
    }
}
