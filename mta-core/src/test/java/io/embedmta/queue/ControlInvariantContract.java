package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link QueueControl} keeps to, whatever is done and when. */
abstract class ControlInvariantContract extends ControlFixture {
    @Test
    void control_ofAClosedQueue_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        queue.close();

        assertThrows(IOException.class, () -> control.list(Selection.all(), mail -> {}));
        assertThrows(IOException.class, () -> control.hold(Selection.all()));
        assertThrows(IOException.class, () -> control.release(Selection.all()));
        assertThrows(IOException.class, () -> control.retry(Selection.all(), T0));
        assertThrows(IOException.class, () -> control.bounce(Selection.all()));
        assertThrows(IOException.class, () -> control.remove(Selection.all()));
    }

    @Test
    @Timeout(60)
    void i2_everyRecipient_endsExactlyOnce_whateverAnOperatorDoes() throws IOException {
        long seed = System.nanoTime();
        System.err.println("i2_everyRecipient_endsExactlyOnce_whateverAnOperatorDoes seed " + seed);
        Random random = new Random(seed);
        Map<String, Integer> ends = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            String[] recipients = new String[1 + random.nextInt(4)];
            for (int j = 0; j < recipients.length; j++) {
                recipients[j] = "r" + i + "x" + j + "@d" + random.nextInt(5) + ".example";
                ends.put(recipients[j], 0);
            }
            driver.commit("M" + i, seconds(random.nextInt(50)), recipients);
        }
        List<Lease> open = new ArrayList<>();
        Instant now = T0;
        for (int step = 0; queue.size() > 0; step++) {
            now = now.plusSeconds(random.nextInt(30));
            if (step % 50 == 49) {
                control.release(Selection.all());
            }
            if (random.nextInt(4) == 0) {
                meddle(random, now);
            }
            if (random.nextBoolean()) {
                driver.ask(now).ifPresent(open::add);
            }
            for (Lease lease : List.copyOf(open)) {
                if (random.nextInt(3) == 0) {
                    open.remove(lease);
                    settleSome(lease, random, now, ends);
                }
            }
        }
        open.forEach(Lease::close);
        assertEquals(List.of(), list(Selection.all()));
        driver.assertNothingDue(now.plusSeconds(1_000_000));
        ends.forEach((address, count) -> assertEquals(1, count, address));
    }

    private void meddle(Random random, Instant now) throws IOException {
        Selection which =
                random.nextBoolean()
                        ? id("M" + random.nextInt(200))
                        : Selection.destination("d" + random.nextInt(5) + ".example");
        switch (random.nextInt(6)) {
            case 0, 1 -> control.hold(which);
            case 2 -> control.release(which);
            case 3 -> control.retry(which, now);
            case 4 -> control.bounce(id("M" + random.nextInt(200)));
            default -> control.remove(id("M" + random.nextInt(200)));
        }
    }

    private static void settleSome(
            Lease lease, Random random, Instant now, Map<String, Integer> ends) throws IOException {
        List<Settlement> settlements = new ArrayList<>();
        for (PendingRecipient work : lease.work()) {
            String address = work.recipient().toString();
            int fate = random.nextInt(10);
            if (fate < 4) {
                settlements.add(done(address));
            } else if (fate < 8) {
                settlements.add(retry(address, now.plusSeconds(random.nextInt(300))));
            }
        }
        try (lease) {
            lease.settle(settlements);
            for (Settlement settlement : settlements) {
                if (settlement instanceof Settlement.Done) {
                    ends.merge(settlement.recipient().toString(), 1, Integer::sum);
                }
            }
        } catch (LeaseLostException e) {
            // It ran out, and another has the work now.
        }
    }
}
