package io.embedmta.examples.benchmark;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.route.Route;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.subethamail.smtp.server.SMTPServer;

/** The servers, each as it comes, with the number of sessions raised where it has a limit. */
enum Contender {
    /** Queues, schedules and delivers to a handler that does nothing. */
    MTA_HANDLER("Embedded MTA, to a handler", true) {
        @Override
        Running start(int sessions) {
            return mta(agent(sessions).store("example.org", mail -> {}));
        }
    },

    /** Queues, schedules and discards by a rule. */
    MTA_DISCARD("Embedded MTA, discarding", true) {
        @Override
        Running start(int sessions) {
            return mta(agent(sessions).route("example.org", Route.discard()));
        }
    },

    /** The same behind TLS from the first octet; for {@link TlsRate}. */
    MTA_TLS("Embedded MTA, discarding, over TLS", true) {
        @Override
        Running start(int sessions) throws IOException {
            Path directory = Files.createTempDirectory("benchmark");
            TestAuthority.Identity identity = TestAuthority.create().issue(HOST);
            Tls tls =
                    Tls.pem(
                            identity.writeChain(directory.resolve("chain.pem")),
                            identity.writeKey(directory.resolve("key.pem")));
            return mta(
                    Mta.builder("mx.example.org")
                            .listener(listener(sessions).implicitTls(tls))
                            .route("example.org", Route.discard()));
        }
    },

    /** Reads the message to its end and keeps nothing. */
    SUBETHA("SubEthaSMTP, discarding", false) {
        @Override
        Running start(int sessions) {
            SMTPServer server =
                    SMTPServer.port(0)
                            .maxConnections(sessions)
                            .messageHandlerFactory(context -> new DiscardingHandler())
                            .build();
            server.start();
            return new Running() {
                @Override
                public int port() {
                    return server.getPortAllocated();
                }

                @Override
                public void settle() {}
            };
        }
    },

    /** Keeps every message, as it has no other way; emptied between rounds. */
    GREENMAIL("GreenMail, in memory", false) {
        @Override
        Running start(int sessions) {
            ServerSetup setup = new ServerSetup(0, HOST, ServerSetup.PROTOCOL_SMTP);
            GreenMail server = new GreenMail(setup);
            server.start();
            return new Running() {
                @Override
                public int port() {
                    return server.getSmtp().getPort();
                }

                @Override
                public void settle() throws IOException {
                    try {
                        server.purgeEmailFromAllMailboxes();
                    } catch (FolderException e) {
                        throw new IOException(e);
                    }
                }
            };
        }
    },

    /** What sockets and threads cost by themselves. */
    BARE("a server that does nothing", true) {
        @Override
        Running start(int sessions) throws IOException {
            return BareServer.start();
        }
    };

    static final String HOST = "127.0.0.1";

    private final String label;
    private final boolean pipelines;

    Contender(String label, boolean pipelines) {
        this.label = label;
        this.pipelines = pipelines;
    }

    String label() {
        return label;
    }

    /** Those that are compared in plain text. */
    static List<Contender> inPlainText() {
        return Stream.of(values()).filter(contender -> contender != MTA_TLS).toList();
    }

    /** Whether its reply to EHLO offers PIPELINING. */
    boolean pipelines() {
        return pipelines;
    }

    /** A server that listens. It ends with its process. */
    interface Running {
        int port();

        /** Gets rid of what it has taken so far. */
        void settle() throws IOException;
    }

    /** Returns once the server listens. */
    abstract Running start(int sessions) throws IOException;

    private static MtaBuilder agent(int sessions) {
        return Mta.builder("mx.example.org").listener(listener(sessions));
    }

    private static SmtpListener listener(int sessions) {
        return SmtpListener.on(HOST, 0)
                .limits(
                        SmtpLimits.defaults()
                                .withSessions(sessions)
                                .withSessionsPerClient(sessions));
    }

    private static Running mta(MtaBuilder builder) {
        Mta mta = builder.start();
        return new Running() {
            @Override
            public int port() {
                return mta.addresses().get(0).getPort();
            }

            @Override
            public void settle() {
                while (mta.queueSize() > 0) {
                    Thread.onSpinWait();
                }
            }
        };
    }
}
