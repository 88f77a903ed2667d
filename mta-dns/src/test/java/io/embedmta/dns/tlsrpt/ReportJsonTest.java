package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.MailDomain;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Jackson reads in our reports. */
class ReportJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Day day = new Day(LocalDate.parse("2026-03-01"), "cafe");

    private JsonNode report(String organization) throws JsonProcessingException {
        String text =
                ReportJson.of(
                        day,
                        day.domains.getOrDefault("example.org", Map.of()),
                        organization,
                        "sts-reporting@example.net",
                        "1.2@example.net");
        return JSON.readTree(
                new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    /** The names and the nesting of RFC 8460 §4.4 and appendix B. */
    @Test
    void report_hasTheFormOfTheRfc() throws JsonProcessingException {
        for (int i = 0; i < 3; i++) {
            day.add(Attempts.success("example.org", Attempts.STS));
        }
        for (int i = 0; i < 2; i++) {
            day.add(
                    Attempts.failure(
                            "example.org", Attempts.STS, Kind.CERTIFICATE_EXPIRED, "over since"));
        }
        day.add(Attempts.failure("example.org", Attempts.STS, Kind.STARTTLS_NOT_SUPPORTED, "no"));
        assertEquals(
                JSON.readTree(
                        """
                        {
                          "organization-name": "Company-X",
                          "date-range": {
                            "start-datetime": "2026-03-01T00:00:00Z",
                            "end-datetime": "2026-03-01T23:59:59Z"
                          },
                          "contact-info": "sts-reporting@example.net",
                          "report-id": "1.2@example.net",
                          "policies": [{
                            "policy": {
                              "policy-type": "sts",
                              "policy-string": ["version: STSv1", "mode: testing",
                                  "mx: *.example.org", "max_age: 86400"],
                              "policy-domain": "example.org",
                              "mx-host": ["*.example.org"]
                            },
                            "summary": {
                              "total-successful-session-count": 3,
                              "total-failure-session-count": 3
                            },
                            "failure-details": [{
                              "result-type": "certificate-expired",
                              "sending-mta-ip": "192.0.2.1",
                              "receiving-ip": "2001:db8:0:0:0:0:0:25",
                              "receiving-mx-hostname": "mx.example.org",
                              "failure-reason-code": "over since",
                              "failed-session-count": 2
                            }, {
                              "result-type": "starttls-not-supported",
                              "sending-mta-ip": "192.0.2.1",
                              "receiving-ip": "2001:db8:0:0:0:0:0:25",
                              "receiving-mx-hostname": "mx.example.org",
                              "failure-reason-code": "no",
                              "failed-session-count": 1
                            }]
                          }]
                        }
                        """),
                report("Company-X"));
    }

    @Test
    void policies_ofEachType_areApart() throws JsonProcessingException {
        day.add(Attempts.success("example.org", AppliedPolicy.none()));
        day.add(Attempts.success("example.org", Attempts.TLSA));
        day.add(
                new TlsAttempted(
                        Attempts.NOON,
                        Attempts.queueId(1),
                        MailDomain.of("example.org"),
                        AppliedPolicy.none(),
                        "",
                        null,
                        null,
                        new TlsFailure(Kind.STS_POLICY_FETCH_ERROR, "")));
        JsonNode policies = report("x").get("policies");
        assertEquals(2, policies.size());
        JsonNode none = policies.get(0);
        assertEquals("no-policy-found", none.at("/policy/policy-type").asText());
        assertFalse(none.get("policy").has("policy-string"));
        assertFalse(none.get("policy").has("mx-host"));
        assertEquals(
                JSON.readTree(
                        "[{\"result-type\":\"sts-policy-fetch-error\",\"failed-session-count\":1}]"),
                none.get("failure-details"));
        JsonNode tlsa = policies.get(1);
        assertEquals("tlsa", tlsa.at("/policy/policy-type").asText());
        // RFC 8460 §1.1: of DANE, the policy domain is the TLSA base domain.
        assertEquals("mx.example.org", tlsa.at("/policy/policy-domain").asText());
        assertEquals("3 1 1 AB", tlsa.at("/policy/policy-string/0").asText());
    }

    @Test
    void hostileText_staysText() throws JsonProcessingException {
        String hostile = "\"},\\ \r\n\t\u0000\u001f\u007f\u2028\ud83d\ude00 \u00e4";
        day.add(Attempts.failure("example.org", Attempts.STS, Kind.VALIDATION_FAILURE, hostile));
        JsonNode report = report(hostile);
        assertEquals(hostile, report.get("organization-name").asText());
        assertEquals(
                hostile, report.at("/policies/0/failure-details/0/failure-reason-code").asText());
    }

    @Test
    void halfASurrogatePair_isReplaced() throws JsonProcessingException {
        day.add(Attempts.success("example.org", Attempts.STS));
        assertEquals("a\ufffdb", report("a\ud83db").get("organization-name").asText());
        assertTrue(report("\ude00").get("organization-name").asText().equals("\ufffd"));
    }
}
