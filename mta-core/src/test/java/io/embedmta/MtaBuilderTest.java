package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.listener.SmtpListener;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder refuses, at the call that gives it. */
class MtaBuilderTest {
    private static final String LABEL = "a".repeat(62) + ".";

    /** The last is a domain in mail, but longer than any in the DNS. */
    static Stream<String> noHostnames() {
        return Stream.of("", "not a name", "mx..example", LABEL.repeat(4) + "ab");
    }

    @ParameterizedTest
    @MethodSource("noHostnames")
    void hostname_thatIsNone_isRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> Mta.builder(name));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Consumer<MtaBuilder>> mistakes() {
        return Stream.of(
                builder -> builder.shutdownGrace(Duration.ofNanos(-1)),
                // In nanoseconds it is more than a long holds, which close() would find out.
                builder -> builder.shutdownGrace(Duration.ofSeconds(Long.MAX_VALUE)),
                builder -> builder.deliveries(0, 1),
                builder -> builder.deliveries(1, 0),
                builder -> builder.remotePort(0),
                builder -> builder.remotePort(65536),
                builder -> builder.maxHops(0),
                builder -> builder.sendFrom(address("0.0.0.0")),
                builder -> builder.sendFrom(address("224.0.0.1")),
                builder -> builder.sendFrom(address("127.0.0.1"), address("127.0.0.2")),
                builder -> builder.store("no domain", mail -> {}),
                builder -> builder.alias("no address", "a@x.example"),
                builder -> builder.alias("a@x.example"),
                builder -> builder.relayDomains("no domain"),
                builder -> builder.postmaster("no address"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void value_outOfRange_isRefused(Consumer<MtaBuilder> mistake) {
        MtaBuilder builder = Mta.builder("own.example");
        assertThrows(IllegalArgumentException.class, () -> mistake.accept(builder));
    }

    @ParameterizedTest
    @ValueSource(chars = {'a', 'Z', '7', ' ', '\n', 'é'})
    void subaddressSeparator_thatIsNoMark_isRefused(char separator) {
        MtaBuilder builder = Mta.builder("own.example");
        assertThrows(IllegalArgumentException.class, () -> builder.subaddressSeparator(separator));
    }

    @ParameterizedTest
    @ValueSource(chars = {'+', '-', '_', '=', '#'})
    void subaddressSeparator_thatIsAMark_isTaken(char separator) {
        MtaBuilder builder = Mta.builder("own.example");
        assertEquals(builder, builder.subaddressSeparator(separator));
    }

    @Test
    void start_isForOnce_sinceTheAgentOwnsTheParts() {
        MtaBuilder builder = Mta.builder("own.example").shutdownGrace(Duration.ZERO);
        builder.start().close();
        assertThrows(IllegalStateException.class, builder::start);
    }

    @Test
    void start_thatFailed_isNotTriedAgainWithClosedParts() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            MtaBuilder builder =
                    Mta.builder("own.example")
                            .listener(
                                    SmtpListener.on(
                                            loopback.getHostAddress(), taken.getLocalPort()));
            Exception failed = assertThrows(RuntimeException.class, builder::start);
            assertTrue(String.valueOf(failed.getMessage()).contains("" + taken.getLocalPort()));
            assertThrows(IllegalStateException.class, builder::start);
        }
    }
}
