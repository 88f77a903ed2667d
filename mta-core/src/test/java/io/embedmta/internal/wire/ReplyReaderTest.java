package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {

    @Test
    void replies_ofOneLineOrMore_areReadInTurn() throws IOException {
        ReplyReader reader = reading("250-a\r\n250 b\r\n550 5.1.1 no\r\n354\r\n");
        assertEquals(Reply.plain(250, "a", "b"), reader.read());
        assertTrue(reader.hasUnread());
        assertEquals(Reply.of(550, "5.1.1", "no"), reader.read());
        assertEquals(354, reader.read().code());
        assertFalse(reader.hasUnread());
    }

    @Test
    void reply_withBareLf_isTolerated() throws IOException {
        assertEquals(Reply.plain(250, "a", "b"), reading("250-a\n250 b\n").read());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n",
                "\r\n",
                "25\r\n",
                "250x\r\n",
                "999 x\r\n",
                "100 x\r\n",
                "250-a\r\n251 b\r\n",
                "250-a\r\nabc-d\r\n",
                "25\u00e9 x\r\n"
            })
    void garbage_isAProtocolError(String wire) {
        assertThrows(ProtocolException.class, () -> reading(wire).read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "250", "250 ok", "250 ok\r", "250-ok\r\n"})
    void endOfStream_beforeTheEndOfTheReply_isToldAsSuch(String wire) {
        assertThrows(EOFException.class, () -> reading(wire).read());
    }

    @Test
    void line_upToTheBound_isRead_andBeyondIt_isRefused_I9() throws IOException {
        String fits = "250 " + "x".repeat(ReplyReader.MAX_LINE - 6) + "\r\n";
        assertEquals(250, reading(fits).read().code());
        ReplyReader second = reading("220 a\r\n" + fits, 1);
        assertEquals(220, second.read().code());
        assertEquals(250, second.read().code());
        String tooLong = "250 " + "x".repeat(ReplyReader.MAX_LINE - 5) + "\r\n";
        assertThrows(ProtocolException.class, () -> reading(tooLong).read());
    }

    @Test
    void lines_upToTheBound_areRead_andBeyondIt_areRefused_I9() throws IOException {
        String most = "250-x\r\n".repeat(ReplyReader.MAX_LINES - 1) + "250 x\r\n";
        assertEquals(ReplyReader.MAX_LINES, reading(most).read().lines().size());
        assertThrows(ProtocolException.class, () -> reading("250-x\r\n" + most).read());
        byte[] line = "250-x\r\n".getBytes(StandardCharsets.US_ASCII);
        InputStream endless =
                new InputStream() {
                    private int at;

                    @Override
                    public int read() {
                        return line[at++ % line.length];
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        target[offset] = (byte) read();
                        return 1;
                    }
                };
        assertThrows(ProtocolException.class, () -> new ReplyReader(endless).read());
    }

    @Test
    void text_beyondItsBound_isReadAndNotKept_I9() throws IOException {
        String line = "x".repeat(1000);
        String wire = ("550-5.1.1 " + line + "\r\n").repeat(100) + "550 5.1.1 end\r\n250 ok\r\n";
        ReplyReader reader = reading(wire);
        assertEquals(Reply.of(550, "5.1.1", line, line, line, line), reader.read());
        assertEquals(Reply.plain(250, "ok"), reader.read());
    }

    @Test
    void replies_cutAnywhere_areReadAsTheyWereWritten() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            List<Reply> written = new ArrayList<>();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                Reply reply = randomReply(random);
                written.add(reply);
                reply.writeTo(wire);
            }
            InputStream cut = cutting(wire.toByteArray(), random.nextInt(1, 600), random);
            ReplyReader reader = new ReplyReader(cut);
            for (Reply expected : written) {
                assertEquals(expected, reader.read(), "seed " + seed);
            }
        }
    }

    private static Reply randomReply(SplittableRandom random) {
        String[] lines = new String[random.nextInt(1, 5)];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "x".repeat(random.nextInt(0, 400));
        }
        return random.nextBoolean()
                ? Reply.plain(random.nextInt(200, 600), lines)
                : Reply.of(450 + random.nextInt(3), "4." + random.nextInt(8) + ".1", lines);
    }

    private static ReplyReader reading(String wire) {
        return reading(wire, Integer.MAX_VALUE);
    }

    private static ReplyReader reading(String wire, int part) {
        byte[] bytes = wire.getBytes(StandardCharsets.UTF_8);
        return new ReplyReader(cutting(bytes, part, new SplittableRandom(1)));
    }

    /** Gives at most {@code most} octets at a time. */
    private static InputStream cutting(byte[] bytes, int most, SplittableRandom random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                int part = most == Integer.MAX_VALUE ? length : random.nextInt(1, most + 1);
                return super.read(target, offset, Math.min(length, part));
            }
        };
    }
}
