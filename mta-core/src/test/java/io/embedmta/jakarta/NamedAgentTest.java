package io.embedmta.jakarta;

import static io.embedmta.jakarta.Letters.letter;
import static io.embedmta.jakarta.Letters.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.store.MemoryStore;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Code that is set up by properties alone, and the agent that it names. */
@Timeout(60)
class NamedAgentTest {
    private final MemoryStore store = MemoryStore.forAnyone();

    private static Session session(String host) {
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol.rfc822", "mta");
        properties.setProperty("mail.mta.host", host);
        return Session.getInstance(properties);
    }

    @Test
    void agent_namedByProperty_getsTheMail() throws Exception {
        try (Mta mta = Letters.agent(store).name("Post-1").start();
                Mta other = Letters.agent(MemoryStore.forAnyone()).name("post-2").start()) {
            for (String host : new String[] {"post-1", "POST-1"}) {
                MimeMessage message = letter(session(host), "bob@x.example");
                Transport.send(message);
                assertTrue(report(mta, message).isSuccess());
                assertTrue(other.sentMessages().submission(message).isEmpty());
            }
        }
    }

    @Test
    void agent_namedAsItIsConnectedTo_getsTheMail() throws Exception {
        try (Mta mta = Letters.agent(store).name("late").start();
                Transport transport = session("another").getTransport("mta")) {
            transport.connect("late", 25, "user", "password");
            MimeMessage message = letter(session("another"), "bob@x.example");
            transport.sendMessage(message, message.getAllRecipients());
            assertTrue(report(mta, message).isSuccess());
        }
    }

    @Test
    void agent_startedAgainUnderItsName_isTheOneThatIsFound() throws Exception {
        Session session = session("phoenix");
        for (int start = 0; start < 3; start++) {
            try (Mta mta = Letters.agent(MemoryStore.forAnyone()).name("phoenix").start()) {
                assertSame(mta, Mta.named("phoenix").orElseThrow());
                MimeMessage message = letter(session, "bob@x.example");
                Transport.send(message);
                assertTrue(report(mta, message).isSuccess());
            }
            assertTrue(Mta.named("phoenix").isEmpty());
        }
        MimeMessage late = letter(session, "bob@x.example");
        MessagingException failed =
                assertThrows(MessagingException.class, () -> Transport.send(late));
        String said = String.valueOf(failed.getMessage());
        assertTrue(said.contains("No agent named phoenix runs"), said);
    }

    @Test
    void name_inUse_isRefusedAndStaysWithItsOwner() {
        try (Mta first = Letters.agent(store).name("twin").start()) {
            IllegalStateException refused =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Letters.agent(MemoryStore.forAnyone()).name("TWIN").start());
            String said = String.valueOf(refused.getMessage());
            assertTrue(said.contains("named twin runs already"), said);
            assertSame(first, Mta.named("twin").orElseThrow());
        }
    }

    @Test
    void name_thatNoUrlHolds_isRefused() {
        for (String name : new String[] {"", "two words", "a:25", "[::1]", "a/b", "jörg"}) {
            assertThrows(
                    IllegalArgumentException.class, () -> Mta.builder("own.example").name(name));
        }
        assertEquals(0, store.messages().size());
    }

    @Test
    void host_leftOut_saysWhatToDo() throws Exception {
        try (Mta mta = Letters.agent(store).start()) {
            Session session = Session.getInstance(new Properties());
            MessagingException failed =
                    assertThrows(
                            MessagingException.class, () -> session.getTransport("mta").connect());
            String said = String.valueOf(failed.getMessage());
            assertTrue(said.contains("Mta.session()"), said);
            assertTrue(Mta.named(mta.hostname()).isEmpty(), "a host name is not a name");
        }
    }
}
