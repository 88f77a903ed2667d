package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say in a transaction, and what comes of it for each recipient. */
class TransactionTest extends ClientTest {

    @Test
    void recipients_withoutPipelining_areAskedOneByOne() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.expect("MAIL FROM:<a@x.example>");
                            assertFalse(peer.hasMore());
                            peer.say("250 2.1.0 ok");
                            peer.answer("RCPT TO:<b@y.example>", "550 5.1.1 no such user");
                            peer.answer("RCPT TO:<c@y.example>", "450 4.2.1 later");
                            peer.answer("RCPT TO:<d@y.example>", "251 2.1.5 forwarded");
                            peer.answer("DATA", "354 go on");
                            assertEquals("Subject: hello\r\n\r\nhello\r\n", peer.data());
                            peer.say("250 2.0.0 taken");
                        },
                        "b@y.example",
                        "c@y.example",
                        "d@y.example");
        assertEquals("Failed 550 5.1.1 no such user", brief(sent, "b@y.example"));
        assertEquals("Deferred 450 4.2.1 later", brief(sent, "c@y.example"));
        assertEquals("Relayed 250 2.0.0 taken", brief(sent, "d@y.example"));
        assertEquals("mx.test", result(sent, "b@y.example").remoteMta());
        assertEquals("mx.test", result(sent, "d@y.example").remoteMta());
    }

    @Test
    void recipients_allRefusedWithoutPipelining_sendNoData() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "550 no");
                            peer.answer("RSET", "250 ok");
                        },
                        "b@y.example");
        assertEquals("Failed 550 no", brief(sent, "b@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PIPELINING"})
    void mail_refused_decidesAllRecipients(String extension) throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet(extension);
                            peer.answer("MAIL", "550 5.7.1 not you");
                            if (!extension.isEmpty()) {
                                peer.answer("RCPT", "503 5.5.1 MAIL first");
                                peer.answer("RCPT", "503 5.5.1 MAIL first");
                                peer.answer("DATA", "503 5.5.1 MAIL first");
                            }
                            peer.answer("RSET", "250 ok");
                        },
                        "b@y.example",
                        "c@y.example");
        assertEquals("Failed 550 5.7.1 not you", brief(sent, "b@y.example"));
        assertEquals("Failed 550 5.7.1 not you", brief(sent, "c@y.example"));
    }

    @Test
    void commands_withPipelining_comeInOneGroup() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.expect("MAIL FROM:<a@x.example>");
                            peer.expect("RCPT TO:<b@y.example>");
                            peer.expect("RCPT TO:<c@y.example>");
                            peer.expect("DATA");
                            assertFalse(peer.hasMore());
                            peer.say("250 ok\r\n550 5.1.1 no\r\n250 ok\r\n354 go on");
                            peer.data();
                            peer.say("250 2.0.0 taken");
                        },
                        "b@y.example",
                        "c@y.example");
        assertEquals("Failed 550 5.1.1 no", brief(sent, "b@y.example"));
        assertEquals("Relayed 250 2.0.0 taken", brief(sent, "c@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"554 5.5.1 no valid recipients", "250 2.0.0 taken for nobody"})
    void data_takenThoughAllRecipientsWereRefused_getsALoneDot(String toTheDot) throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "550 5.1.1 no");
                            peer.answer("DATA", "354 go on");
                            assertEquals("", peer.data());
                            peer.say(toTheDot);
                            peer.answer("RSET", "250 ok");
                        },
                        "b@y.example");
        assertEquals("Failed 550 5.1.1 no", brief(sent, "b@y.example"));
    }

    @Test
    void recipients_beyondAGroup_comeInSeveral_withDataInTheLast() throws IOException {
        List<String> groups = new ArrayList<>();
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "250 ok");
                            int inGroup = 0;
                            while (true) {
                                String line = peer.line();
                                if (line.equals("DATA")) {
                                    groups.add(inGroup + " and DATA");
                                    break;
                                }
                                inGroup++;
                                if (!peer.hasMore() && inGroup == 100) {
                                    groups.add("100");
                                    inGroup = 0;
                                    peer.say("250 ok\r\n".repeat(99) + "250 ok");
                                }
                            }
                            peer.say("250 ok\r\n".repeat(50) + "354 go on");
                            peer.data();
                            peer.say("250 2.0.0 taken");
                        },
                        addresses(250));
        assertEquals(250, answered(sent).size());
        assertEquals("Relayed 250 2.0.0 taken", brief(sent, "r249@y.example"));
        assertEquals(List.of("100", "100", "50 and DATA"), groups);
    }

    @Test
    void group_ofLongCommands_endsAtItsBoundInOctets_I9() throws IOException {
        String[] recipients = new String[60];
        for (int i = 0; i < recipients.length; i++) {
            recipients[i] = (100 + i) + "x".repeat(230) + "@y.example";
        }
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.expect("MAIL");
                            // Commands of 253 octets: the one that reaches 8 KiB is the 33rd.
                            for (int i = 0; i < 33; i++) {
                                peer.expect("RCPT");
                            }
                            assertFalse(peer.hasMore());
                            peer.say("250 ok\r\n".repeat(33) + "250 ok");
                            for (int i = 33; i < 60; i++) {
                                peer.answer("RCPT", "250 ok");
                            }
                            peer.answer("DATA", "354 go on");
                            peer.data();
                            peer.say("250 taken");
                        },
                        recipients);
        assertEquals(60, answered(sent).size());
    }

    @Test
    void mail_refusedInTheFirstOfSeveralGroups_endsTheTransaction() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "451 4.3.0 later");
                            for (int i = 0; i < 100; i++) {
                                peer.answer("RCPT", "503 5.5.1 MAIL first");
                            }
                            peer.answer("RSET", "250 ok");
                        },
                        addresses(150));
        assertEquals("Deferred 451 4.3.0 later", brief(sent, "r0@y.example"));
        assertEquals("Deferred 451 4.3.0 later", brief(sent, "r149@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"452 4.5.3 too many", "552 5.5.3 too many", "452 too many"})
    void recipients_beyondTheServersLimit_goIntoFurtherTransactions(String tooMany)
            throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            for (int i = 0; i < 3; i++) {
                                peer.answer("MAIL", "250 ok");
                                int taken = 0;
                                String line = peer.line();
                                for (; line.startsWith("RCPT"); line = peer.line()) {
                                    peer.say(++taken <= 2 ? "250 ok" : tooMany);
                                }
                                assertEquals("DATA", line);
                                // Having learnt the limit, the client does not run into it again.
                                assertEquals(i == 0 ? 5 : i == 1 ? 2 : 1, taken);
                                peer.say("354 go on");
                                peer.data();
                                peer.say("250 2.0.0 taken " + i);
                            }
                        },
                        addresses(5));
        assertEquals("Relayed 250 2.0.0 taken 0", brief(sent, "r1@y.example"));
        assertEquals("Relayed 250 2.0.0 taken 1", brief(sent, "r2@y.example"));
        assertEquals("Relayed 250 2.0.0 taken 2", brief(sent, "r4@y.example"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Deferred 452 4.5.3 too many",
                "Deferred 552 5.5.3 too many",
                "Deferred 452 disk full",
                "Failed 552 mailbox full",
                "Failed 552 5.2.2 mailbox full",
                "Deferred 452 4.2.2 mailbox full"
            })
    void tooManyRecipients_saidToAll_isTheResult(String expected) throws IOException {
        String reply = expected.substring(expected.indexOf(' ') + 1);
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", reply);
                            peer.answer("RCPT", reply);
                            peer.answer("RSET", "250 ok");
                        },
                        "b@y.example",
                        "c@y.example");
        assertEquals(expected, brief(sent, "b@y.example"));
        assertEquals(expected, brief(sent, "c@y.example"));
    }

    @Test
    void session_lostBetweenTransactions_keepsResultsAndDefersTheRest() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "250 ok");
                            peer.answer("RCPT", "452 4.5.3 too many");
                            peer.answer("RCPT", "452 4.5.3 too many");
                            peer.answer("DATA", "354 go on");
                            peer.data();
                            peer.say("250 2.0.0 taken");
                            peer.answer("MAIL", "421 4.3.2 enough");
                        },
                        "b@y.example",
                        "c@y.example",
                        "d@y.example");
        assertEquals("Relayed 250 2.0.0 taken", brief(sent, "b@y.example"));
        assertEquals("Deferred 421 4.3.2 enough", brief(sent, "c@y.example"));
        assertEquals("Deferred 421 4.3.2 enough", brief(sent, "d@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deferred 451 4.3.0 later", "Failed 554 5.7.1 spam"})
    void data_refused_decidesAcceptedRecipients(String expected) throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "250 ok");
                            peer.answer("RCPT", "550 5.1.1 no");
                            peer.answer("DATA", expected.substring(expected.indexOf(' ') + 1));
                            peer.answer("RSET", "250 ok");
                        },
                        "b@y.example",
                        "c@y.example");
        assertEquals(expected, brief(sent, "b@y.example"));
        assertEquals("Failed 550 5.1.1 no", brief(sent, "c@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deferred 451 4.3.0 later", "Failed 554 5.7.1 spam"})
    void message_refused_decidesAcceptedRecipients(String expected) throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.takeEnvelope();
                            peer.data();
                            peer.say(expected.substring(expected.indexOf(' ') + 1));
                        },
                        "b@y.example");
        assertEquals(expected, brief(sent, "b@y.example"));
    }

    @Test
    void replies_outOfPlace_areTemporary_I8() throws IOException {
        String[][] scripts = {
            {"354 what"},
            {"250 ok", "354 what"},
            {"250 ok", "250 ok", "250 what"},
            {"250 ok", "250 ok", "354 go on", "354 what"}
        };
        for (String[] replies : scripts) {
            Transmission sent =
                    exchange(
                            peer -> {
                                peer.greet();
                                for (String reply : replies) {
                                    if (peer.line().startsWith("Subject")) {
                                        peer.data();
                                    }
                                    peer.say(reply);
                                }
                            },
                            "b@y.example");
            String brief = brief(sent, "b@y.example");
            assertEquals("Deferred 451 4.5.0", brief.substring(0, 18), brief);
            assertEquals("", result(sent, "b@y.example").remoteMta());
            assertEquals(0, client.openConnections());
        }
    }

    @Test
    void message_isStuffed_andEndedWithCrlf_I7() throws IOException {
        Content message = Content.of("Subject: x\r\n\r\n.a\r\n..\r\n.");
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            assertEquals(
                                    "Subject: x\r\n\r\n..a\r\n...\r\n..\r\n", peer.takeMessage());
                        })) {
            Envelope envelope = to("b@y.example");
            assertEquals(
                    "Relayed 250 2.0.0 taken",
                    brief(send(server, envelope, message), "b@y.example"));
        }
    }

    static String[] addresses(int count) {
        String[] all = new String[count];
        for (int i = 0; i < count; i++) {
            all[i] = "r" + i + "@y.example";
        }
        return all;
    }
}
