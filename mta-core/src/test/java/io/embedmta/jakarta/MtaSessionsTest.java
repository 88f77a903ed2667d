package io.embedmta.jakarta;

import static io.embedmta.jakarta.Letters.letter;
import static io.embedmta.jakarta.Letters.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.store.MemoryStore;
import jakarta.mail.Authenticator;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which agent a session leads to, however it was made. */
@Timeout(60)
class MtaSessionsTest {
    private static final String PLAIN =
            "From: ann@x.example\r\nTo: bob@x.example\r\n\r\nHello.\r\n";

    private final MemoryStore store = MemoryStore.forAnyone();

    @Test
    void sessions_ofTwoAgents_leadEachToItsOwn() throws Exception {
        MemoryStore otherStore = MemoryStore.forAnyone();
        try (Mta one = Letters.agent(store).start();
                Mta other = Letters.agent(otherStore).start()) {
            Properties shared = new Properties();
            Session toOne = one.session(shared);
            MimeMessage toOther = letter(other.session(shared), "bob@x.example");
            Transport.send(toOther);
            assertTrue(report(other, toOther).isSuccess());
            assertEquals(0, store.messages().size());
            MimeMessage back = letter(toOne, "bob@x.example");
            Transport.send(back);
            assertTrue(report(one, back).isSuccess());
            assertEquals(1, store.messages().size());
            assertEquals(1, otherStore.messages().size());
            assertTrue(shared.isEmpty(), shared.toString());
        }
    }

    @Test
    void properties_ofTheCaller_areKept() throws Exception {
        Properties defaults = new Properties();
        defaults.setProperty("mail.mta.from", "default@x.example");
        Properties properties = new Properties(defaults);
        properties.setProperty("mail.transport.protocol", "smtp");
        properties.setProperty("mail.transport.protocol.rfc822", "smtps");
        try (Mta mta = Letters.agent(store).start()) {
            Session session = mta.session(properties);
            assertInstanceOf(MtaTransport.class, session.getTransport());
            MimeMessage message = letter(session, "bob@x.example");
            Transport.send(message);
            assertTrue(report(mta, message).isSuccess());
            assertEquals("default@x.example", store.messages().get(0).envelope().from().toString());
            assertEquals("smtp", properties.getProperty("mail.transport.protocol"));
        }
    }

    /** Of the application, which never has to say a password. */
    public static final class Asked extends Authenticator {
        /** Made by name. */
        public Asked() {}
    }

    /**
     * A class loader that knows Jakarta Mail and one class of the application, and nothing of us.
     */
    private static final class Elsewhere extends URLClassLoader {
        Elsewhere() {
            super(
                    new URL[] {
                        MtaSessionsTest.class.getProtectionDomain().getCodeSource().getLocation()
                    },
                    ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("jakarta.")) {
                return Class.forName(name);
            }
            if (name.equals(Asked.class.getName())) {
                return super.findClass(name);
            }
            throw new ClassNotFoundException(name);
        }

        Authenticator authenticator() throws ReflectiveOperationException {
            return (Authenticator)
                    loadClass(Asked.class.getName()).getDeclaredConstructor().newInstance();
        }
    }

    @Test
    void authenticator_ofAnotherClassLoader_hidesNothing() throws Exception {
        try (Mta mta = Letters.agent(store).start();
                Elsewhere elsewhere = new Elsewhere()) {
            Authenticator authenticator = elsewhere.authenticator();
            assertNotEquals(Asked.class, authenticator.getClass());
            assertThrows(
                    NoSuchProviderException.class,
                    () -> Session.getInstance(new Properties(), authenticator).getTransport("mta"),
                    "the service loader does not find us there");
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(elsewhere);
            try {
                Session session = mta.session(new Properties(), authenticator);
                MimeMessage message =
                        new MimeMessage(
                                session,
                                new ByteArrayInputStream(
                                        PLAIN.getBytes(StandardCharsets.US_ASCII)));
                Transport.send(message);
                assertTrue(report(mta, message).isSuccess());
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    @Test
    void smtp_intercepted_endsAtTheAgent() throws Exception {
        for (String protocol : new String[] {"smtp", "smtps"}) {
            Properties properties = new Properties();
            properties.setProperty("mail.transport.protocol.rfc822", protocol);
            properties.setProperty("mail." + protocol + ".host", "smtp.invalid");
            properties.setProperty("mail." + protocol + ".from", "bounces@x.example");
            properties.setProperty("mail.mta.from", "wrong@x.example");
            MemoryStore mailboxes = MemoryStore.forAnyone();
            try (Mta mta = Letters.agent(mailboxes).start()) {
                Session session = Session.getInstance(properties);
                mta.interceptSmtp(session);
                MimeMessage message = letter(session, "bob@x.example");
                Transport.send(message);
                assertTrue(report(mta, message).isSuccess());
                assertEquals(
                        "bounces@x.example",
                        mailboxes.messages().get(0).envelope().from().toString());
                try (Transport transport = session.getTransport(protocol)) {
                    transport.connect("smtp.invalid", 465, "user", "password");
                    transport.sendMessage(message, InternetAddress.parse("cat@x.example"));
                }
                assertTrue(report(mta, message).isSuccess());
                assertEquals(2, mailboxes.messages().size());
            }
        }
    }

    @Test
    void smtp_interceptedForOneSession_isAsItWasForOthers() throws Exception {
        Properties shared = new Properties();
        try (Mta one = Letters.agent(store).start();
                Mta other = Letters.agent(MemoryStore.forAnyone()).start()) {
            Session before = Session.getInstance(shared);
            Session intercepted = Session.getInstance(shared);
            one.interceptSmtp(intercepted);
            assertInstanceOf(MtaTransport.class, intercepted.getTransport("smtp"));
            assertInstanceOf(MtaTransport.class, intercepted.getTransport("smtps"));
            for (Session session : new Session[] {before, Session.getInstance(shared)}) {
                assertFalse(session.getTransport("smtp") instanceof MtaTransport);
                assertFalse(session.getTransport("smtps") instanceof MtaTransport);
            }

            Session own = other.session(shared);
            assertInstanceOf(MtaTransport.class, own.getTransport());
            one.interceptSmtp(own);
            MimeMessage message = letter(own, "bob@x.example");
            Transport.send(message);
            assertTrue(report(other, message).isSuccess(), "mta leads where it led");
            other.interceptSmtp(intercepted);
            try (Transport transport = intercepted.getTransport("smtp")) {
                transport.connect();
                transport.sendMessage(message, message.getAllRecipients());
            }
            assertTrue(report(other, message).isSuccess());
            assertEquals(0, store.messages().size(), "the last one has it");
        }
    }
}
