package io.embedmta;

import io.embedmta.event.MtaEvent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What an agent tells, for a test to wait for. */
final class Events {
    private final List<MtaEvent> all = new CopyOnWriteArrayList<>();
    private final BlockingQueue<MtaEvent> untold = new LinkedBlockingQueue<>();

    private Events() {}

    static Events of(Mta mta) {
        Events events = new Events();
        mta.on(
                MtaEvent.class,
                event -> {
                    events.all.add(event);
                    events.untold.add(event);
                });
        return events;
    }

    /** The next event of that kind; those of other kinds before it are passed over. */
    <E extends MtaEvent> E next(Class<E> kind) throws InterruptedException {
        while (true) {
            MtaEvent event = untold.poll(30, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("No " + kind.getSimpleName() + " came; there were " + all);
            }
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    /** All events of that kind so far. */
    <E extends MtaEvent> List<E> all(Class<E> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
