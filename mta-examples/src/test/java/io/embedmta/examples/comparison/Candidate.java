package io.embedmta.examples.comparison;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.embedmta.testing.FakeMail;
import io.embedmta.testing.FakeMailBuilder;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The fake servers that are compared, each set up as its documentation says. */
enum Candidate {
    FAKE_MAIL {
        @Override
        Running start(Mode mode) {
            FakeMailBuilder builder = FakeMail.builder();
            switch (mode) {
                case STARTTLS -> builder.tls();
                case IMPLICIT_TLS -> builder.implicitTls();
                case USERS -> builder.user(USER, PASSWORD);
                default -> {}
            }
            FakeMail server = builder.start();
            return new Running() {
                @Override
                public int port() {
                    return server.port();
                }

                @Override
                public List<byte[]> messages() {
                    return server.received().stream().map(mail -> mail.raw()).toList();
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }
    },

    GREEN_MAIL {
        @Override
        Running start(Mode mode) {
            String protocol =
                    mode == Mode.IMPLICIT_TLS
                            ? ServerSetup.PROTOCOL_SMTPS
                            : ServerSetup.PROTOCOL_SMTP;
            GreenMail server = new GreenMail(new ServerSetup(0, HOST, protocol));
            server.start();
            if (mode == Mode.USERS) {
                server.setUser(USER, PASSWORD);
            }
            return new Running() {
                @Override
                public int port() {
                    return mode == Mode.IMPLICIT_TLS
                            ? server.getSmtps().getPort()
                            : server.getSmtp().getPort();
                }

                @Override
                public List<byte[]> messages() {
                    List<byte[]> all = new ArrayList<>();
                    for (MimeMessage message : server.getReceivedMessages()) {
                        all.add(octets(message));
                    }
                    return all;
                }

                @Override
                public void close() {
                    server.stop();
                }
            };
        }
    };

    static final String HOST = "127.0.0.1";
    static final String USER = "ann";
    static final String PASSWORD = "secret";

    /** What it is to speak. */
    enum Mode {
        PLAIN,
        STARTTLS,
        IMPLICIT_TLS,
        USERS
    }

    /** One that runs. */
    interface Running extends AutoCloseable {
        int port();

        /** What it has taken, as it gives it out. */
        List<byte[]> messages();

        @Override
        void close();
    }

    abstract Running start(Mode mode);

    private static byte[] octets(MimeMessage message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }
}
