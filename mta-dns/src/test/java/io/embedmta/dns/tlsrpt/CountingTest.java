package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days: what is counted where, its bounds, and its way through a file. */
class CountingTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-03-01");

    private final Gatherer gatherer = new Gatherer(date -> new Day(date, "cafe"));

    @TempDir Path directory;

    private static long total(Day day) {
        return day.domains.values().stream()
                .flatMap(policies -> policies.values().stream())
                .mapToLong(results -> results.successes + results.failures)
                .sum();
    }

    private void countAt(Duration sinceNoon) {
        gatherer.count(
                Attempts.of(
                        Attempts.NOON.plus(sinceNoon),
                        Attempts.queueId(1),
                        "example.org",
                        Attempts.STS,
                        null));
    }

    @Test
    void days_changeAtMidnightInUniversalTime() {
        countAt(Duration.ofHours(12).minusMillis(1));
        countAt(Duration.ofHours(12));
        countAt(Duration.ofHours(13));
        List<Day> closed = gatherer.closeBefore(FIRST.plusDays(1));
        assertEquals(1, closed.size());
        assertEquals(FIRST, closed.get(0).date);
        assertEquals(1, total(closed.get(0)));
        assertEquals(2, total(gatherer.closeBefore(FIRST.plusDays(2)).get(0)));
    }

    @Test
    void eventOfAClosedDay_countsForTheNext() {
        gatherer.closeBefore(FIRST.plusDays(1));
        countAt(Duration.ZERO);
        assertEquals(List.of(), gatherer.closeBefore(FIRST.plusDays(1)));
        assertEquals(1, total(gatherer.closeBefore(FIRST.plusDays(2)).get(0)));
    }

    @Test
    void ownReports_areNotCounted() {
        gatherer.uncounted(() -> Attempts.queueId(7));
        gatherer.count(
                Attempts.of(Attempts.NOON, Attempts.queueId(7), "example.org", Attempts.STS, null));
        countAt(Duration.ZERO);
        assertEquals(1, total(gatherer.closeBefore(FIRST.plusDays(1)).get(0)));
    }

    @Test
    void addressLiteral_andNameTooLongToAskFor_areNotCounted() {
        gatherer.count(Attempts.success("[192.0.2.7]", AppliedPolicy.none()));
        String label = "a".repeat(61) + ".";
        gatherer.count(Attempts.success(label.repeat(3) + "b".repeat(60), AppliedPolicy.none()));
        assertEquals(List.of(), gatherer.closeBefore(FIRST.plusDays(1)));
    }

    @Test
    void domainsBeyondTheBound_areLost_andCounted() {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 10_003; i++) {
            day.add(Attempts.success("d" + i + ".example", AppliedPolicy.none()));
        }
        day.add(Attempts.success("d0.example", AppliedPolicy.none()));
        assertEquals(10_000, day.domains.size());
        assertEquals(3, day.lost);
        assertEquals(10_001, total(day));
    }

    @Test
    void policiesBeyondTheBound_areLost_andCounted() {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 40; i++) {
            day.add(Attempts.success("example.org", policyOf("id: " + i)));
        }
        assertEquals(32, total(day));
        assertEquals(8, day.lost);
    }

    @Test
    void failuresBeyondTheBound_areCounted_withoutDetails() {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 150; i++) {
            day.add(
                    Attempts.failure(
                            "example.org", Attempts.STS, Kind.VALIDATION_FAILURE, "reason " + i));
        }
        PolicyResults results = day.domains.values().iterator().next().values().iterator().next();
        assertEquals(150, results.failures);
        assertEquals(100, results.details.size());
        assertEquals(0, day.lost);
    }

    @Test
    void largePolicies_areCut_andBoundedInAll() {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 3000; i++) {
            day.add(Attempts.success("d" + i + ".example", policyOf("x".repeat(8000))));
        }
        assertTrue(day.lost > 500, "" + day.lost);
        day.add(Attempts.success("example.org", policyOf("x".repeat(9000))));
        PolicyResults.Policy cut =
                PolicyResults.Policy.of(
                        Attempts.success("example.org", policyOf("x".repeat(9000))));
        assertEquals(List.of(), cut.lines());
    }

    /** Whoever has many servers with long names may fail in many ways at each. */
    @Test
    void detailsOfFailures_areBoundedInAll_I9() {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 2100; i++) {
            day.add(Attempts.success("d" + i + ".example", policyOf("x".repeat(7900))));
        }
        for (int i = 0; i < 10_000; i++) {
            day.add(
                    Attempts.failure(
                            "d" + i / 100 + ".example",
                            policyOf("x".repeat(7900)),
                            Kind.VALIDATION_FAILURE,
                            i + "y".repeat(195)));
        }
        long details =
                day.domains.values().stream()
                        .flatMap(policies -> policies.values().stream())
                        .mapToLong(results -> results.details.size())
                        .sum();
        assertTrue(details < 2000, details + " details");
        assertEquals(12_100, total(day));
    }

    @Test
    void bound_holdsAcrossARestart() throws IOException {
        Day day = new Day(FIRST, "cafe");
        for (int i = 0; i < 3000; i++) {
            day.add(Attempts.success("d" + i + ".example", policyOf("x".repeat(8000))));
        }
        byte[] saved = StateFile.encode(List.of(day), Set.of());
        Day restored = StateFile.decode(saved).days().get(0);
        restored.add(Attempts.success("one.more.example", policyOf("x")));
        assertEquals(day.lost + 1, restored.lost);
    }

    private static AppliedPolicy policyOf(String line) {
        return new AppliedPolicy(AppliedPolicy.Type.STS, List.of(line), List.of("*.example.org"));
    }

    private Day filled() {
        Day day = new Day(FIRST, "cafe");
        day.add(Attempts.success("example.org", Attempts.STS));
        day.add(Attempts.success("example.org", Attempts.TLSA));
        day.add(
                Attempts.failure(
                        "example.org", Attempts.STS, Kind.CERTIFICATE_EXPIRED, "\u00fcber\u0000"));
        day.add(Attempts.success("other.example", AppliedPolicy.none()));
        return day;
    }

    private static String json(Day day) {
        StringBuilder all = new StringBuilder(day.date + day.unique);
        day.domains.forEach(
                (domain, policies) ->
                        all.append(domain).append(ReportJson.of(day, policies, "o", "c", "i")));
        return all.toString();
    }

    @Test
    void days_surviveAFile() throws IOException {
        StateFile file = StateFile.in(directory);
        file.save(StateFile.encode(List.of(filled()), Set.of(Attempts.queueId(7))));
        StateFile.State state = file.load();
        assertEquals(json(filled()), json(state.days().get(0)));
        assertEquals(Set.of(Attempts.queueId(7)), state.own());
        assertArrayEquals(new String[] {"tls-reports"}, directory.toFile().list());
    }

    @Test
    void damagedFile_isSeen_whereverTheDamage() {
        byte[] good = StateFile.encode(List.of(filled()), Set.of(Attempts.queueId(7)));
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 4;
            assertThrows(IOException.class, () -> StateFile.decode(bad));
            byte[] cut = Arrays.copyOf(good, at);
            assertThrows(IOException.class, () -> StateFile.decode(cut));
        }
    }

    @Test
    void noFile_orADamagedOne_isAFreshStart() throws IOException {
        StateFile file = StateFile.in(directory.resolve("new"));
        assertEquals(List.of(), file.load().days());
        Files.writeString(directory.resolve("new").resolve("tls-reports"), "damaged beyond repair");
        assertEquals(List.of(), file.load().days());
    }
}
