package io.embedmta.examples.kill;

import io.embedmta.Mta;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Recipient;
import io.embedmta.route.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Where all mail ends: a server with two ports that writes each letter into the ledger before it
 * says 250, and defers a recipient now and then, so that letters are delivered in pieces.
 */
final class Sink implements AutoCloseable {
    private static final int DEFERRED_OF_A_HUNDRED = 5;

    private final Mta mta;

    private Sink(Mta mta) {
        this.mta = mta;
    }

    static Sink start(Ledger ledger) {
        SmtpLimits limits = SmtpLimits.defaults().withSessionsPerClient(1000);
        SmtpListener listener = SmtpListener.on("127.0.0.1", 0).limits(limits);
        return new Sink(
                Mta.builder("sink.example")
                        .listener(listener)
                        .listener(listener)
                        .route("one.example", Route.discard())
                        .route("two.example", Route.discard())
                        .filter(new Recorder(ledger))
                        .start());
    }

    /** Of the one port and the other. */
    int port(int which) {
        return mta.addresses().get(which).getPort();
    }

    @Override
    public void close() {
        mta.close();
    }

    private static final class Recorder implements Filter {
        private final Ledger ledger;
        private final Random random;

        Recorder(Ledger ledger) {
            this.ledger = ledger;
            this.random = new Random(ledger.seed());
        }

        @Override
        public Verdict recipient(TransactionView tx, Recipient to) {
            return random.nextInt(100) < DEFERRED_OF_A_HUNDRED
                    ? Verdict.defer(450, "4.2.0", "come again")
                    : Verdict.next();
        }

        @Override
        public Verdict message(TransactionView tx, Content content) {
            ByteArrayOutputStream copy = new ByteArrayOutputStream((int) content.size());
            try {
                content.writeTo(copy);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            byte[] octets = copy.toByteArray();
            Letter letter =
                    Letter.of(
                            ledger.seed(),
                            Letter.numberIn(new String(octets, StandardCharsets.US_ASCII)));
            if (!isIntact(octets, letter.octets())) {
                ledger.fault("The octets of " + letter.number() + " are not what was sent.");
            }
            String helo = tx.session().helo().orElseThrow();
            ledger.arrived(letter.number(), recipients(tx), RelayProcess.lifeOf(helo));
            return Verdict.discard();
        }

        /** Whether a message is the letter, byte for byte, below one trace field (I7). */
        private static boolean isIntact(byte[] octets, byte[] letter) {
            int trace = octets.length - letter.length;
            return trace > 0
                    && new String(octets, 0, trace, StandardCharsets.US_ASCII)
                            .matches("Received: [^\r\n]+\r\n(\t[^\r\n]+\r\n)*")
                    && Arrays.equals(octets, trace, octets.length, letter, 0, letter.length);
        }

        private static List<String> recipients(TransactionView tx) {
            return tx.envelope().recipients().stream()
                    .map(recipient -> recipient.address().toString())
                    .toList();
        }
    }
}
