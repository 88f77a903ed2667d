package io.embedmta.examples.benchmark;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.embedmta.testing.FakeMail;
import org.slf4j.LoggerFactory;

/**
 * Starts a fake server again and again, and says for each time how long it took until its port was
 * known, in nanoseconds: the first is cold, the second warms up.
 */
final class FakeStartUpMain {
    private FakeStartUpMain() {}

    public static void main(String[] args) throws Exception {
        // A test has its log before it has a server, and both log by slf4j.
        LoggerFactory.getLogger(FakeStartUpMain.class);
        int times = Integer.parseInt(args[1]);
        for (int i = 0; i < times; i++) {
            long before = System.nanoTime();
            AutoCloseable server = args[0].equals("FakeMail") ? fakeMail() : greenMail();
            System.out.println(System.nanoTime() - before);
            server.close();
        }
    }

    private static AutoCloseable fakeMail() {
        FakeMail mail = FakeMail.start();
        requirePort(mail.port());
        return mail;
    }

    private static AutoCloseable greenMail() {
        GreenMail server =
                new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        requirePort(server.getSmtp().getPort());
        return server::stop;
    }

    private static void requirePort(int port) {
        if (port == 0) {
            throw new IllegalStateException("The server does not listen.");
        }
    }
}
