package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.dns.https.WebServer;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.DomainPolicies.Answer;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TlsFailure.Kind;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many deliveries at once. */
class ConcurrentFindTest extends StsFixture {
    private static final int THREADS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private List<Answer> findAtOnce(Resolver dns) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<Answer>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            futures.add(
                    threads.submit(
                            () -> {
                                start.await();
                                return sts.find(DOMAIN, dns);
                            }));
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> future : futures) {
            answers.add(future.get(60, TimeUnit.SECONDS));
        }
        return answers;
    }

    @Test
    void oneDomain_isFetchedOnce() throws Exception {
        web.text(policy("enforce", 86400));
        findAtOnce(dnsWithId("1")).forEach(answer -> assertMode(Mode.ENFORCE, answer));
        assertEquals(1, web.requests().size());
    }

    @Test
    void oneDomain_failsOnce() throws Exception {
        web.handler(exchange -> exchange.sendResponseHeaders(503, -1));
        findAtOnce(dnsWithId("1"))
                .forEach(answer -> assertFailed(Kind.STS_POLICY_FETCH_ERROR, "503", answer));
        assertEquals(1, web.requests().size());
    }

    @Test
    void keptPolicy_isUsed_whileAnotherFetchesAnew() throws Exception {
        web.text(policy("enforce", 86400));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        web.handler(
                exchange -> {
                    asked.countDown();
                    await(goOn);
                    WebServer.send(exchange, 200, "text/plain", policy("testing", 86400));
                });
        Future<Answer> other = threads.submit(() -> sts.find(DOMAIN, dnsWithId("2")));
        asked.await();
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("2")));
        goOn.countDown();
        assertMode(Mode.TESTING, other.get(60, TimeUnit.SECONDS));
        assertMode(Mode.TESTING, sts.find(DOMAIN, dnsWithId("2")));
    }

    /** One that has found nothing, and looks for a flight when the other's has landed. */
    @Test
    void policyFoundByAnother_inBetween_isNotFetchedAgain() {
        web.text(policy("enforce", 86400));
        Runnable other = () -> assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        // It looks at the clock for what is kept, for what failed, and before its own flight.
        try (MtaSts late = sts.clock(new ClockWithAction(3, other))) {
            assertMode(Mode.ENFORCE, late.find(DOMAIN, dnsWithId("1")));
        }
        assertEquals(1, web.requests().size());
    }

    /** A clock that does something when it is looked at for the n-th time. */
    private final class ClockWithAction extends Clock {
        private final Runnable action;
        private int left;

        ClockWithAction(int looks, Runnable action) {
            this.left = looks;
            this.action = action;
        }

        @Override
        public Instant instant() {
            if (--left == 0) {
                action.run();
            }
            return clock.instant();
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void otherDomain_doesNotWait() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        web.handler(
                exchange -> {
                    asked.countDown();
                    await(goOn);
                    WebServer.send(exchange, 200, "text/plain", policy("enforce", 86400));
                });
        Future<Answer> slow = threads.submit(() -> sts.find(DOMAIN, dnsWithId("1")));
        asked.await();
        try (WebServer second = WebServer.start(AUTHORITY.issue("mta-sts.second.example"));
                MtaSts same = sts.port(second.port())) {
            second.text(policy("testing", 86400));
            StaticResolver dns =
                    StaticResolver.builder()
                            .txt("_mta-sts.second.example", "v=STSv1; id=1")
                            .a("mta-sts.second.example", "127.0.0.1")
                            .build();
            assertMode(Mode.TESTING, same.find(MailDomain.of("second.example"), dns));
        }
        goOn.countDown();
        assertMode(Mode.ENFORCE, slow.get(60, TimeUnit.SECONDS));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
