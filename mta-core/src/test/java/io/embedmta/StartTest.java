package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.runtime.LateRandom;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an agent has at its start. */
@Timeout(60)
class StartTest {

    @Test
    void randomness_isSetUpBeforeTheFirstMessage_I8() throws Exception {
        CountDownLatch drawn = new CountDownLatch(1);
        Random source =
                new Random(1) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public long nextLong() {
                        drawn.countDown();
                        return super.nextLong();
                    }
                };
        MtaBuilder builder = Mta.builder("own.example").random(new LateRandom(() -> source));
        try (Mta mta = builder.start()) {
            assertTrue(drawn.await(30, TimeUnit.SECONDS), mta.hostname());
        }
    }
}
