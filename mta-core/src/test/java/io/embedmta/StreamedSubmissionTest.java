package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A large message of Jakarta Mail on its way into the queue. */
@Timeout(120)
class StreamedSubmissionTest {
    /** 64 MiB once it is in base64, in lines. */
    private static final long ATTACHMENT = 47L << 20;

    /** What may lie on the way: the buffers of Jakarta Mail, of the source and of us. */
    private static final long BUFFERS = 256 << 10;

    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong mostBehind = new AtomicLong();

    /** An attachment that notes how far the queue is behind what was read of it. */
    private final class Attachment implements DataSource {
        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                private long given;

                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0];
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    mostBehind.accumulateAndGet(given - queued.get(), Math::max);
                    int count = (int) Math.min(length, ATTACHMENT - given);
                    given += count;
                    return count == 0 ? -1 : count;
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            throw new IOException("read only");
        }

        @Override
        public String getContentType() {
            return "application/octet-stream";
        }

        @Override
        public String getName() {
            return "zeros.bin";
        }
    }

    /** Counts what is written. */
    private record CountingWriter(MailWriter writer, AtomicLong count) implements MailWriter {
        @Override
        public OutputStream body() {
            OutputStream body = writer.body();
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] octets, int offset, int length) throws IOException {
                    body.write(octets, offset, length);
                    count.addAndGet(length);
                }
            };
        }

        @Override
        public Content content() throws IOException {
            return writer.content();
        }

        @Override
        public void commit(NewMail mail) throws IOException {
            writer.commit(mail);
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    @Test
    void message_largeAndOfJakartaMail_isInTheQueueAsItIsRead_I5() throws Exception {
        CompletableFuture<Long> delivered = new CompletableFuture<>();
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    public MailWriter begin(QueueId id) throws IOException {
                        return new CountingWriter(super.begin(id), queued);
                    }
                };
        try (Mta mta =
                Mta.builder("own.example")
                        .store("x.example", mail -> delivered.complete(mail.content().size()))
                        .queue(queue)
                        .start()) {
            MimeMessage message = new MimeMessage(mta.session());
            message.setFrom(new InternetAddress("ann@x.example"));
            message.setRecipients(MimeMessage.RecipientType.TO, "bob@x.example");
            message.setDataHandler(new DataHandler(new Attachment()));
            message.setHeader("Content-Transfer-Encoding", "base64");
            Transport.send(message);
            long size = delivered.get(60, TimeUnit.SECONDS);
            assertTrue(size > 64L << 20, size + " octets");
            assertTrue(size < queued.get() + 1000, "and no more than the trace field");
            assertTrue(mostBehind.get() < BUFFERS, mostBehind + " octets on the way at once");
        }
        assertEquals(0, queue.size());
    }
}
