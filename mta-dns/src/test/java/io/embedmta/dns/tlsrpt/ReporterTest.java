package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.MailAddress;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.Trust;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a report is sent, minute by minute. */
class ReporterTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-03-02T00:00:00Z");

    private final List<String> sent = new ArrayList<>();
    private final Resolver dns =
            StaticResolver.builder()
                    .txt(
                            "_smtp._tls.a.example",
                            "v=TLSRPTv1; rua=mailto:x@a.example,mailto:y@a.example")
                    .txt("_smtp._tls.b.example", "v=TLSRPTv1; rua=mailto:x@b.example")
                    .build();
    private final ManualClock clock = ManualClock.at(MIDNIGHT);
    private String refused = "nobody";
    private String slow = "nobody";

    private Reporter reporter(long seed) {
        ReportSettings settings =
                new ReportSettings(
                        "Example Org",
                        "relay.example.net",
                        "a@example.net",
                        MailAddress.of("a@example.net"),
                        clock,
                        new Random(seed));
        Reporter reporter =
                new Reporter(
                        settings,
                        (to, day, domain, id, gzip) -> {
                            sent.add(to.address().toString());
                            if (to.address().toString().equals(slow)) {
                                clock.advance(Duration.ofSeconds(30));
                            }
                            if (to.address().toString().contains(refused)) {
                                throw new IllegalStateException("refused");
                            }
                        },
                        dns,
                        new HttpsClient(Trust.system(), address -> false));
        Day day = new Day(LocalDate.parse("2026-03-01"), "cafe");
        day.add(Attempts.success("a.example", Attempts.STS));
        day.add(Attempts.success("b.example", Attempts.STS));
        reporter.add(day);
        return reporter;
    }

    /** The minutes after midnight at which something was sent. */
    private List<Integer> run(Reporter reporter, int untilMinute) {
        List<Integer> minutes = new ArrayList<>();
        for (int minute = 0; minute < untilMinute; minute++) {
            int before = sent.size();
            reporter.run(MIDNIGHT.plus(Duration.ofMinutes(minute)), () -> true);
            if (sent.size() > before) {
                minutes.add(minute);
            }
        }
        return minutes;
    }

    @Test
    void reports_goOutOnce_withinFourHours_notAllAtTheSameTime() {
        Set<Integer> times = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            sent.clear();
            Reporter reporter = reporter(seed);
            List<Integer> minutes = run(reporter, 600);
            assertEquals(List.of("x@a.example", "y@a.example", "x@b.example"), sent);
            assertEquals(1, minutes.size(), "seed " + seed);
            assertTrue(minutes.get(0) >= 5 && minutes.get(0) <= 240, "seed " + seed);
            assertTrue(reporter.days().isEmpty());
            times.addAll(minutes);
        }
        assertTrue(times.size() > 20, times.toString());
    }

    @Test
    void refusedReport_isRepeated_withGrowingPauses_forADay() {
        refused = "@";
        Reporter reporter = reporter(1);
        List<Integer> minutes = run(reporter, 2000);
        List<Integer> pauses = new ArrayList<>();
        for (int i = 1; i < minutes.size(); i++) {
            pauses.add(minutes.get(i) - minutes.get(i - 1));
        }
        assertEquals(List.of(15, 30, 60, 120, 240, 480), pauses);
        assertTrue(reporter.days().isEmpty());
    }

    @Test
    void oneTarget_thatHasItsReport_getsNoOther() {
        refused = "y@";
        Reporter reporter = reporter(1);
        run(reporter, 300);
        assertEquals(1, sent.stream().filter("x@a.example"::equals).count());
        assertEquals(1, sent.stream().filter("x@b.example"::equals).count());
        refused = "nobody";
        sent.clear();
        reporter.run(MIDNIGHT.plus(Duration.ofHours(20)), () -> true);
        reporter.run(MIDNIGHT.plus(Duration.ofHours(40)), () -> true);
        assertEquals(List.of("y@a.example"), sent);
    }

    /** Whoever is slow on purpose keeps the other domains waiting for a while alone. */
    @Test
    void slowTarget_leavesTheOthersOfItsDomainForTheNextTime() {
        slow = "x@a.example";
        refused = slow;
        Reporter reporter = reporter(1);
        reporter.run(MIDNIGHT.plus(Duration.ofHours(5)), () -> true);
        assertEquals(List.of("x@a.example", "x@b.example"), sent);
        sent.clear();
        reporter.run(MIDNIGHT.plus(Duration.ofHours(6)), () -> true);
        assertEquals(List.of("y@a.example", "x@a.example"), sent);
        refused = "nobody";
        sent.clear();
        reporter.run(MIDNIGHT.plus(Duration.ofHours(8)), () -> true);
        assertEquals(List.of("x@a.example"), sent);
        assertTrue(reporter.days().isEmpty());
    }

    @Test
    void agentThatCloses_isNotKept() {
        Reporter reporter = reporter(1);
        reporter.run(MIDNIGHT.plus(Duration.ofHours(5)), () -> sent.isEmpty());
        assertEquals(List.of("x@a.example", "y@a.example"), sent);
        assertFalse(reporter.days().get(0).domains.containsKey("a.example"));
        assertTrue(reporter.days().get(0).domains.containsKey("b.example"));
    }
}
