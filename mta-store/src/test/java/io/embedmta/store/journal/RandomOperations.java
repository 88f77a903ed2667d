package io.embedmta.store.journal;

import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.Lease;
import io.embedmta.queue.Order;
import io.embedmta.queue.Selection;
import io.embedmta.queue.Settlement;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Whatever may be done with a queue, one after the other, as the random numbers say. */
final class RandomOperations {
    private final Random random;
    private int committed;

    RandomOperations(Random random) {
        this.random = random;
    }

    /** Plays the next one. */
    void play(QueuePlayer player) throws IOException {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> commit(player);
            case 6 -> player.abort("X" + committed++, size());
            case 7 -> player.hold(selection());
            case 8, 9 -> player.release(random.nextBoolean() ? Selection.all() : selection());
            case 10 -> player.retry(selection(), time());
            case 11 ->
                    player.order(selection(), random.nextBoolean() ? Order.BOUNCE : Order.REMOVE);
            case 12 -> player.reopen();
            default -> work(player);
        }
    }

    private void commit(QueuePlayer player) throws IOException {
        String[] recipients = new String[1 + random.nextInt(4)];
        for (int i = 0; i < recipients.length; i++) {
            recipients[i] = "r" + i + "@d" + random.nextInt(5) + ".example";
        }
        String from = random.nextInt(4) == 0 ? "" : "s" + random.nextInt(3) + "@from.example";
        player.commit(
                "M" + committed++,
                size(),
                QueuePlayer.mail(from, time(), QueuePlayer.EDITS, recipients));
    }

    private int size() {
        int most = random.nextInt(10) == 0 ? 80_000 : 10_000;
        return 50 + random.nextInt(most);
    }

    private Instant time() {
        return QueuePlayer.T0.plusSeconds(60L * random.nextInt(100));
    }

    private Selection selection() {
        return switch (random.nextInt(3)) {
            case 0 -> Selection.id(new QueueId("M" + random.nextInt(committed + 1)));
            case 1 -> Selection.destination("d" + random.nextInt(5) + ".example");
            default -> Selection.sender(ReversePath.of("s" + random.nextInt(3) + "@from.example"));
        };
    }

    private void work(QueuePlayer player) throws IOException {
        Optional<Lease> due = player.lease(random.nextBoolean() ? time() : QueuePlayer.LATE);
        if (due.isEmpty()) {
            return;
        }
        try (Lease lease = due.get()) {
            player.checkWork(lease);
            List<Settlement> settlements = new ArrayList<>();
            List<Settlement> later = new ArrayList<>();
            lease.work()
                    .forEach(
                            one -> {
                                String address = one.recipient().toString();
                                int fate = random.nextInt(8);
                                List<Settlement> which = random.nextBoolean() ? settlements : later;
                                if (fate < 4) {
                                    which.add(QueuePlayer.done(address));
                                } else if (fate < 7) {
                                    which.add(
                                            QueuePlayer.retry(
                                                    address,
                                                    random.nextInt(120),
                                                    random.nextBoolean()));
                                }
                            });
            settle(player, lease, settlements);
            if (random.nextInt(4) == 0) {
                interfere(player, lease);
            }
            settle(player, lease, later);
        }
    }

    private void settle(QueuePlayer player, Lease lease, List<Settlement> settlements)
            throws IOException {
        if (!settlements.isEmpty()) {
            List<String> notices = random.nextInt(4) == 0 ? List.of("N" + committed++) : List.of();
            player.settle(lease, size(), notices, settlements.toArray(Settlement[]::new));
        }
    }

    /** An operator does something to work that is under a lease. */
    private void interfere(QueuePlayer player, Lease lease) throws IOException {
        Selection which = Selection.id(lease.id());
        switch (random.nextInt(4)) {
            case 0 -> player.hold(which);
            case 1 -> player.release(which);
            case 2 -> player.order(which, Order.REMOVE);
            default -> player.order(which, Order.BOUNCE);
        }
    }
}
