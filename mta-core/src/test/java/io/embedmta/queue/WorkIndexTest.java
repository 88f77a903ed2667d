package io.embedmta.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Destination;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class WorkIndexTest {
    private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");

    private final WorkIndex<String> index = new WorkIndex<>();

    private static Destination line(int number) {
        return new Destination("d" + number + ".example");
    }

    private static LeaseRequest request(Instant now, Predicate<Destination> wanted) {
        return new LeaseRequest("test", now, now.plusSeconds(60), wanted);
    }

    private Optional<WorkIndex.Claim<String>> lease(Instant now) {
        return index.lease(request(now, line -> true));
    }

    private String next(Instant now) {
        return lease(now).map(WorkIndex.Claim::work).orElse("nothing");
    }

    @Test
    void equals_comeOutInTheOrderTheyWentIn() {
        for (int i = 0; i < 100; i++) {
            index.add(line(1), T0, "w" + i);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals("w" + i, next(T0));
        }
    }

    @Test
    void destinations_takeTurnsInTheOrderTheyBecameDue() {
        for (int i = 0; i < 3; i++) {
            index.add(line(1), T0, "a" + i);
        }
        index.add(line(2), T0.plusSeconds(2), "b0");
        index.add(line(3), T0.plusSeconds(1), "c0");
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            seen.add(next(T0.plusSeconds(5)));
        }
        assertEquals(List.of("a0", "c0", "b0", "a1", "a2", "nothing"), seen);
    }

    @Test
    void destination_withItsLastEntryFinished_isDropped() {
        index.add(line(1), T0, "a");
        index.add(line(1), T0, "b");
        WorkIndex.Claim<String> first = lease(T0).orElseThrow();
        WorkIndex.Claim<String> second = lease(T0).orElseThrow();
        index.finish(first);
        assertEquals(1, index.destinations());
        index.release(second);
        index.finish(lease(T0).orElseThrow());
        assertEquals(0, index.destinations());
        assertEquals(0, index.size());
        assertEquals(Optional.empty(), index.nextDue());
    }

    @Test
    void claim_thatIsNotHeld_isRefused() {
        index.add(line(1), T0, "a");
        WorkIndex.Claim<String> lost = lease(T0).orElseThrow();
        WorkIndex.Claim<String> held = lease(T0.plusSeconds(60)).orElseThrow();
        assertFalse(index.holds(lost));
        assertTrue(index.holds(held));
        assertThrows(IllegalStateException.class, () -> index.finish(lost));
        assertThrows(IllegalStateException.class, () -> index.release(lost));
        assertThrows(IllegalStateException.class, () -> index.extend(lost, T0));
        index.finish(held);
        assertThrows(IllegalStateException.class, () -> index.finish(held));
    }

    @Test
    void withdraw_takesOutWhatWaits_inTheOrderOfEachLine() {
        index.add(line(1), T0.plusSeconds(9), "a2");
        index.add(line(2), T0.plusSeconds(3), "b");
        index.add(line(1), T0, "a0");
        index.add(line(1), T0.plusSeconds(9), "a3");
        index.add(line(1), T0.plusSeconds(5), "a1");
        WorkIndex.Claim<String> leased = lease(T0).orElseThrow();
        List<WorkIndex.Waiting<String>> out = index.withdraw(work -> work.startsWith("a"));
        assertEquals(
                List.of(
                        new WorkIndex.Waiting<>(line(1), T0.plusSeconds(5), "a1"),
                        new WorkIndex.Waiting<>(line(1), T0.plusSeconds(9), "a2"),
                        new WorkIndex.Waiting<>(line(1), T0.plusSeconds(9), "a3")),
                out);
        assertEquals(2, index.size());
        assertEquals(2, index.destinations(), "the leased one keeps its line");
        assertTrue(index.holds(leased));
        assertEquals("b", next(T0.plusSeconds(20)));
        assertEquals("nothing", next(T0.plusSeconds(20)));
    }

    @Test
    void withdraw_ofWorkWhoseLeaseRanOut_endsTheClaim() {
        index.add(line(1), T0, "a");
        WorkIndex.Claim<String> lost = lease(T0).orElseThrow();
        assertEquals(List.of(), index.withdraw(work -> true));
        assertEquals(Optional.empty(), index.lease(request(T0.plusSeconds(60), line -> false)));
        assertEquals(
                List.of(new WorkIndex.Waiting<>(line(1), T0.plusSeconds(60), "a")),
                index.withdraw(work -> true));
        assertFalse(index.holds(lost));
        assertEquals(0, index.size());
        assertEquals(0, index.destinations());
    }

    @Test
    void forEach_showsAllWorkAndWhetherItIsLeased() {
        index.add(line(1), T0, "a");
        index.add(line(2), T0.plusSeconds(3), "b");
        assertEquals("a", next(T0));
        List<String> seen = new ArrayList<>();
        index.forEach(
                (work, line, at, leased) ->
                        seen.add(
                                work
                                        + " "
                                        + line
                                        + " "
                                        + at.getEpochSecond()
                                        + (leased ? " leased" : "")));
        seen.sort(null);
        assertEquals(
                List.of(
                        "a d1.example " + T0.plusSeconds(60).getEpochSecond() + " leased",
                        "b d2.example " + T0.plusSeconds(3).getEpochSecond()),
                seen);
    }

    @Test
    void wanted_isAskedOncePerDueDestination_howeverMuchWaits() {
        for (int i = 0; i < 10_000; i++) {
            index.add(line(1), T0, "dead" + i);
            index.add(line(100 + i), T0.plusSeconds(3600), "later" + i);
        }
        index.add(line(2), T0.plusSeconds(1), "alive");
        List<Destination> asked = new ArrayList<>();
        Optional<WorkIndex.Claim<String>> claim =
                index.lease(
                        request(
                                T0.plusSeconds(1),
                                line -> {
                                    asked.add(line);
                                    return line.equals(line(2));
                                }));
        assertEquals("alive", claim.orElseThrow().work());
        assertEquals(List.of(line(1), line(2)), asked);
    }

    @Test
    void i5_entry_takesFewOctets() {
        int entries = 200_000;
        List<Destination> lines = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            lines.add(line(i));
        }
        long before = QueueInvariantContract.usedHeap();
        for (int i = 0; i < entries; i++) {
            index.add(lines.get(i % lines.size()), T0, "work");
        }
        long each = (QueueInvariantContract.usedHeap() - before) / entries;
        assertEquals(entries, index.size());
        assertTrue(each <= 64, () -> each + " octets an entry");
    }

    @Test
    void i5_destination_takesFewOctets() {
        int destinations = 100_000;
        long before = QueueInvariantContract.usedHeap();
        for (int i = 0; i < destinations; i++) {
            index.add(line(i), T0, "work");
        }
        long each = (QueueInvariantContract.usedHeap() - before) / destinations;
        assertEquals(destinations, index.destinations());
        assertTrue(each <= 350, () -> each + " octets a destination with one entry");
    }

    @RepeatedTest(20)
    void index_doesAsTheNaiveModelDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Model model = new Model();
        Map<String, WorkIndex.Claim<String>> claims = new HashMap<>();
        Instant now = T0;
        for (int step = 0; step < 3000; step++) {
            now = now.plusSeconds(random.nextInt(8) - 1);
            int action = random.nextInt(11);
            List<Model.Work> known = new ArrayList<>(model.all);
            if (action < 3 && known.size() < 60) {
                String name = "w" + step;
                Destination line = line(random.nextInt(6));
                Instant due = now.plusSeconds(random.nextInt(80) - 40);
                index.add(line, due, name);
                model.add(line, due, name);
            } else if (action < 7) {
                int unwanted = random.nextInt(8);
                LeaseRequest request =
                        new LeaseRequest(
                                "test",
                                now,
                                now.plusSeconds(1 + random.nextInt(50)),
                                line -> !line.equals(line(unwanted)));
                Optional<WorkIndex.Claim<String>> claim = index.lease(request);
                String expected = model.lease(request);
                String got = claim.map(WorkIndex.Claim::work).orElse("nothing");
                assertEquals(expected, got, "seed " + seed + " step " + step);
                claim.ifPresent(c -> claims.put(c.work(), c));
            } else if (action == 10) {
                meddle(random, now, model, claims);
            } else if (!claims.isEmpty()) {
                List<String> names = new ArrayList<>(claims.keySet());
                String name = names.get(random.nextInt(names.size()));
                WorkIndex.Claim<String> claim = Objects.requireNonNull(claims.get(name));
                if (action == 7) {
                    Instant until = now.plusSeconds(random.nextInt(60) - 5);
                    index.extend(claim, until);
                    model.extend(name, until);
                } else if (action == 8) {
                    index.release(claim);
                    claims.remove(name);
                    model.release(name);
                } else {
                    index.finish(claim);
                    claims.remove(name);
                    model.finish(name);
                }
            }
            assertEquals(model.nextDue(), index.nextDue(), "seed " + seed + " step " + step);
            assertEquals(model.all.size(), index.size(), "seed " + seed);
            assertEquals(
                    model.all.stream().map(work -> work.line).distinct().count(),
                    index.destinations(),
                    "seed " + seed);
        }
    }

    /** Takes out, or brings forward, some of the work that waits. */
    private void meddle(
            Random random, Instant now, Model model, Map<String, WorkIndex.Claim<String>> claims) {
        int digit = random.nextInt(10);
        Predicate<String> which = work -> work.endsWith(Integer.toString(digit));
        if (random.nextBoolean()) {
            List<String> out = index.withdraw(which).stream().map(WorkIndex.Waiting::work).toList();
            assertEquals(model.withdraw(which), Set.copyOf(out));
            claims.keySet().removeAll(out);
        } else {
            assertEquals(model.hasten(which, now), Set.copyOf(index.hasten(which, now)));
        }
    }

    /** All work in one list, looked through from end to end, and the turns as a list of lines. */
    private static final class Model {
        final List<Work> all = new ArrayList<>();
        final List<Destination> turns = new ArrayList<>();
        int added;

        static final class Work {
            final Destination line;
            final String name;
            final int number;
            Instant due;
            Instant at;
            boolean leased;

            Work(Destination line, String name, int number, Instant due) {
                this.line = line;
                this.name = name;
                this.number = number;
                this.due = due;
                this.at = due;
            }
        }

        void add(Destination line, Instant due, String name) {
            all.add(new Work(line, name, added++, due));
        }

        String lease(LeaseRequest request) {
            for (Work work : all) {
                if (work.leased && !work.at.isAfter(request.now())) {
                    work.leased = false;
                }
            }
            turns.removeIf(line -> head(line).isEmpty());
            sorted().filter(work -> !work.at.isAfter(request.now()))
                    .map(work -> work.line)
                    .filter(line -> !turns.contains(line))
                    .distinct()
                    .toList()
                    .forEach(turns::add);
            for (Destination line : List.copyOf(turns)) {
                Work head = head(line).orElseThrow();
                if (head.at.isAfter(request.now())) {
                    turns.remove(line);
                } else if (request.wanted().test(line)) {
                    turns.remove(line);
                    turns.add(line);
                    head.leased = true;
                    head.due = head.at;
                    head.at = request.until();
                    return dropEmptyTurns(head.name);
                }
            }
            return "nothing";
        }

        private String dropEmptyTurns(String result) {
            turns.removeIf(line -> head(line).isEmpty());
            return result;
        }

        void extend(String name, Instant until) {
            Work work = find(name);
            work.leased = true;
            work.at = until;
            turns.removeIf(line -> head(line).isEmpty());
        }

        void release(String name) {
            // Work whose lease ran out leaves its line and comes back to it.
            extend(name, Instant.MAX);
            Work work = find(name);
            work.leased = false;
            work.at = work.due;
        }

        void finish(String name) {
            all.remove(find(name));
            turns.removeIf(line -> head(line).isEmpty());
        }

        Set<String> withdraw(Predicate<String> which) {
            Set<String> names = waiting(which);
            all.removeIf(work -> names.contains(work.name));
            turns.removeIf(line -> head(line).isEmpty());
            return names;
        }

        /** What is brought forward leaves its line and comes back to it. */
        Set<String> hasten(Predicate<String> which, Instant due) {
            Set<String> names = waiting(work -> which.test(work) && find(work).at.isAfter(due));
            sorted().filter(work -> names.contains(work.name))
                    .toList()
                    .forEach(
                            work -> {
                                work.leased = true;
                                turns.removeIf(line -> head(line).isEmpty());
                                work.leased = false;
                                work.at = due;
                            });
            return names;
        }

        private Set<String> waiting(Predicate<String> which) {
            return sorted().map(work -> work.name).filter(which).collect(Collectors.toSet());
        }

        Optional<Instant> nextDue() {
            return sorted().findFirst().map(work -> work.at);
        }

        private Stream<Work> sorted() {
            return all.stream()
                    .filter(work -> !work.leased)
                    .sorted(
                            Comparator.comparing((Work work) -> work.at)
                                    .thenComparing(work -> work.number));
        }

        private Optional<Work> head(Destination line) {
            return sorted().filter(work -> work.line.equals(line)).findFirst();
        }

        private Work find(String name) {
            return all.stream().filter(work -> work.name.equals(name)).findFirst().orElseThrow();
        }
    }
}
