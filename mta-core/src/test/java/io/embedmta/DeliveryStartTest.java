package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.internal.delivery.Delivery;
import io.embedmta.internal.delivery.DeliveryParts;
import io.embedmta.internal.delivery.DeliverySettings;
import io.embedmta.internal.delivery.SoleQueue;
import io.embedmta.internal.intake.Addressing;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.message.MailDomain;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.route.Route;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

class DeliveryStartTest {
    private static final class OwnQueue extends WrappedQueue implements SoleQueue {}

    private final List<String> begun = new ArrayList<>();
    private boolean scarce;

    private Delivery delivery(MailQueue queue) {
        Clock clock = Clock.systemUTC();
        Random random = new Random(1);
        Addressing addressing = new Addressing(to -> Route.mailExchangers(), Set.of());
        DeliveryParts parts =
                new DeliveryParts(
                        new DeliverySettings(
                                MailDomain.of("own.example"),
                                25,
                                10,
                                2,
                                RetrySchedule.defaults(),
                                List.of(),
                                SocketFactory.getDefault()),
                        null,
                        null,
                        null,
                        null,
                        addressing,
                        new Enqueuer(queue, addressing, clock, random, event -> {}),
                        clock,
                        random,
                        event -> {},
                        outcome -> {});
        return new Delivery(
                parts,
                queue,
                (name, task) -> {
                    if (scarce) {
                        throw new RejectedExecutionException("no thread for " + name);
                    }
                    begun.add(name);
                });
    }

    @Test
    void delivery_fromAQueueThatOthersMayFill_beginsAtOnce() {
        delivery(MemoryQueue.create()).start();
        assertEquals(List.of("mta-scheduler"), begun);
    }

    @Test
    void delivery_thatFindsNoThreadAtTheStart_saysSo() {
        scarce = true;
        Delivery delivery = delivery(MemoryQueue.create());
        assertThrows(RejectedExecutionException.class, delivery::start);
    }

    @Test
    void delivery_fromASoleQueue_beginsWithTheFirstWork() {
        Delivery delivery = delivery(new OwnQueue());
        delivery.start();
        assertEquals(List.of(), begun);
        delivery.run();
        delivery.run();
        assertEquals(List.of("mta-scheduler"), begun);
    }

    @Test
    void delivery_thatFindsNoThread_beginsWithTheNextWork_I8() {
        Delivery delivery = delivery(new OwnQueue());
        delivery.start();
        scarce = true;
        delivery.run();
        assertEquals(List.of(), begun);
        scarce = false;
        delivery.run();
        assertEquals(List.of("mta-scheduler"), begun);
    }

    @Test
    void delivery_thatWasStopped_beginsNoMore_I9() {
        Delivery delivery = delivery(new OwnQueue());
        delivery.start();
        delivery.stop(Duration.ZERO);
        delivery.run();
        assertEquals(List.of(), begun);
    }
}
