package io.embedmta.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.MailAddress;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class HandlerStoreTest extends MailStoreContract {
    private final Map<MailAddress, List<byte[]>> handled = new ConcurrentHashMap<>();

    @Override
    protected MailStore open() {
        return MailStore.of(
                mail -> {
                    byte[] octets = bytes(mail.content());
                    for (var recipient : mail.envelope().recipients()) {
                        handled.computeIfAbsent(
                                        recipient.address(), any -> new CopyOnWriteArrayList<>())
                                .add(octets);
                    }
                });
    }

    @Override
    protected List<byte[]> read(MailAddress mailbox) {
        return handled.getOrDefault(mailbox, List.of());
    }

    @Override
    protected boolean tellsRepeats() {
        return false;
    }

    private static void deliver(MailHandler handler) throws IOException {
        MailStore.of(handler).deliver(mail("1", letter("x"), ANN));
    }

    @Test
    void handler_getsTheMailItself() throws Exception {
        List<LocalMail> seen = new ArrayList<>();
        LocalMail mail = mail("1", letter("x"), ANN, BOB);
        MailStore.of(seen::add).deliver(mail);
        assertSame(mail, seen.get(0));
        assertEquals(1, seen.size());
    }

    @Test
    void I8_handler_throwsIoException_passesAsItIs() {
        IOException cause = new FileNotFoundException("gone");
        assertSame(
                cause,
                assertThrows(
                        IOException.class,
                        () ->
                                deliver(
                                        mail -> {
                                            throw cause;
                                        })));
    }

    @Test
    void I8_handler_throwsRuntimeException_passesAsItIs() {
        RuntimeException cause = new IllegalStateException("bug");
        assertSame(
                cause,
                assertThrows(
                        RuntimeException.class,
                        () ->
                                deliver(
                                        mail -> {
                                            throw cause;
                                        })));
    }

    @Test
    void I8_handler_throwsAnotherException_becomesIoExceptionWithItsCause() {
        Exception cause = new Exception("no ticket today");
        IOException thrown =
                assertThrows(
                        IOException.class,
                        () ->
                                deliver(
                                        mail -> {
                                            throw cause;
                                        }));
        assertSame(cause, thrown.getCause());
    }

    @Test
    void I8_handler_isInterrupted_theFlagIsRestored() {
        assertThrows(
                IOException.class,
                () ->
                        deliver(
                                mail -> {
                                    throw new InterruptedException();
                                }));
        assertTrue(Thread.interrupted(), "interrupted");
    }

    @Test
    void results_belongToTheCaller() throws Exception {
        var results = MailStore.of(mail -> {}).deliver(mail("1", letter("x"), ANN));
        assertEquals(List.of(ANN), new ArrayList<>(new HashMap<>(results).keySet()));
    }
}
