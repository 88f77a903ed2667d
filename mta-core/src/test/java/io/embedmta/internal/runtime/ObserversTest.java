package io.embedmta.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ObserversTest {
    private final List<Runnable> threads = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private boolean scarce;

    private final Observers observers =
            new Observers(
                    (name, task) -> {
                        if (scarce) {
                            throw new RejectedExecutionException("no thread for " + name);
                        }
                        threads.add(task);
                    });

    @Test
    void observers_thatHearNothing_haveNoThread_I9() {
        observers.close();
        assertEquals(List.of(), threads);
    }

    @Test
    void observers_ofManyCompletions_haveOneThread_I9() {
        observers.complete(() -> told.add("first"));
        observers.complete(() -> told.add("second"));
        assertEquals(1, threads.size());
    }

    @Test
    void completion_whileThereIsNoThread_isToldWithTheNext_I8() {
        scarce = true;
        observers.complete(() -> told.add("first"));
        scarce = false;
        observers.complete(() -> told.add("second"));
        Thread teller = new Thread(threads.get(0));
        teller.start();
        observers.close();
        assertEquals(List.of("first", "second"), told);
    }

    @Test
    void completion_thatNeverFoundAThread_isToldByTheClose_I8() {
        scarce = true;
        observers.complete(() -> told.add("first"));
        observers.close();
        assertEquals(List.of("first"), told);
    }

    @Test
    void completion_afterTheClose_asksForNoThread_I9() {
        observers.close();
        observers.complete(() -> told.add("late"));
        assertEquals(List.of(), threads);
    }
}
