package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each command answers, at each point of a session (RFC 5321 §4.1, §4.2, §4.3.2). */
class CommandsTest {
    private static final String EHLO = "EHLO client.example";
    private static final String MAIL = "MAIL FROM:<ann@client.example>";
    private static final String RCPT = "RCPT TO:<bob@ours.example>";

    /** Says the lines; gives the reply to the last one, its lines joined by LF. */
    private static String lastReply(String... lines) {
        String said = MemorySession.run(MemorySession.listener(), wire(lines)).said();
        List<String> replies = List.of(said.split("(?<=\r\n)(?=[0-9]{3})"));
        StringBuilder last = new StringBuilder();
        int complete = 0;
        for (String line : replies) {
            if (complete == lines.length) {
                last.append(line.stripTrailing()).append('\n');
            }
            complete += line.charAt(3) == ' ' ? 1 : 0;
        }
        assertEquals(lines.length + 1, complete, said);
        return last.toString().stripTrailing();
    }

    private static String wire(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HELO client.example | 250 mx.ours.example
                    EHLO [192.0.2.1]    | 250-mx.ours.example
                    ehlo client.example | 250-mx.ours.example
                    EHLO                | 501 5.5.4
                    HELO                | 501 5.5.4
                    HELO a b            | 501 5.5.4
                    MAIL FROM:<a@b.example> | 503 5.5.1
                    RCPT TO:<bob@ours.example> | 503 5.5.1
                    DATA                | 503 5.5.1
                    BDAT 0 LAST         | 503 5.5.1
                    RSET                | 250 2.0.0
                    RSET now            | 501 5.5.4
                    NOOP                | 250 2.0.0
                    NOOP with a word    | 250 2.0.0
                    QUIT                | 221 2.0.0
                    QUIT now            | 501 5.5.4
                    VRFY bob            | 252 2.5.0
                    VRFY                | 501 5.5.4
                    EXPN list           | 502 5.5.1
                    'RSET \t'           | 250 2.0.0
                    'RSET\t '           | 250 2.0.0
                    'EHLO a\tb'         | 500 5.5.2
                    HELP                | 214-2.0.0
                    HELP MAIL           | 214-2.0.0
                    STARTTLS            | 502 5.5.1
                    GET / HTTP/1.1      | 500 5.5.1
                    NOOPE               | 500 5.5.1
                    """)
    void command_beforeHello_isAnswered(String line, String start) {
        assertStart(start, lastReply(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    MAIL FROM:<ann@client.example>             | 250 2.1.0
                    mail from:<ann@client.example>             | 250 2.1.0
                    MAIL FROM: <ann@client.example>            | 250 2.1.0
                    MAIL FROM:<>                               | 250 2.1.0
                    MAIL FROM:<"odd >one"@client.example>      | 250 2.1.0
                    MAIL FROM:<ann@[192.0.2.1]>                | 250 2.1.0
                    MAIL FROM:<ann@[IPv6:2001:db8::1]>         | 250 2.1.0
                    MAIL FROM:<@hop.example,@hop2.example:ann@client.example> | 250 2.1.0
                    MAIL FROM:<ann@client.example> SIZE=100    | 250 2.1.0
                    MAIL FROM:<ann@client.example> SIZE=65536  | 250 2.1.0
                    MAIL FROM:<ann@client.example> SIZE=65537  | 552 5.3.4
                    MAIL FROM:<ann@client.example> SIZE=99999999999999999999 | 552 5.3.4
                    MAIL FROM:<ann@client.example> SIZE=999999999999999999999 | 501 5.5.4
                    MAIL FROM:<ann@client.example> SIZE=-1     | 501 5.5.4
                    MAIL FROM:<ann@client.example> SIZE        | 501 5.5.4
                    MAIL FROM:<ann@client.example> BODY=8BITMIME | 250 2.1.0
                    MAIL FROM:<ann@client.example> body=7bit   | 250 2.1.0
                    MAIL FROM:<ann@client.example> BODY=BINARYMIME | 504 5.5.4
                    MAIL FROM:<ann@client.example> BODY=9BIT   | 501 5.5.4
                    MAIL FROM:<ann@client.example> SMTPUTF8    | 250 2.1.0
                    MAIL FROM:<ann@client.example> SMTPUTF8=yes | 501 5.5.4
                    MAIL FROM:<ann@client.example> RET=HDRS ENVID=a+2Bb | 250 2.1.0
                    MAIL FROM:<ann@client.example> RET=ALL     | 501 5.5.4
                    MAIL FROM:<ann@client.example> ENVID=a+0Ab | 501 5.5.4
                    MAIL FROM:<ann@client.example> AUTH=<>     | 555 5.5.4
                    MAIL FROM:<ann@client.example> XYZZY       | 555 5.5.4
                    MAIL FROM:<ann@client.example> SIZE=1 SIZE=2 | 501 5.5.4
                    MAIL FROM:<ann@client.example>SIZE=1       | 501 5.5.4
                    MAIL FROM:ann@client.example               | 501 5.5.4
                    MAIL FROM:<ann@client.example              | 501 5.5.4
                    MAIL FROM:<ann>                            | 501 5.1.7
                    MAIL FROM:<ann@-client.example>            | 501 5.1.7
                    MAIL TO:<ann@client.example>               | 501 5.5.4
                    MAIL                                       | 501 5.5.4
                    RCPT TO:<bob@ours.example>                 | 503 5.5.1
                    DATA                                       | 503 5.5.1
                    BDAT 0                                     | 503 5.5.1
                    """)
    void command_afterHello_isAnswered(String line, String start) {
        assertStart(start, lastReply(EHLO, line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    RCPT TO:<bob@ours.example>                 | 250 2.1.5
                    rcpt to:<bob@OURS.example>                 | 250 2.1.5
                    RCPT TO:<"b o b"@ours.example>             | 250 2.1.5
                    RCPT TO:<Postmaster>                       | 250 2.1.5
                    RCPT TO:<postMASTER>                       | 250 2.1.5
                    RCPT TO:<@hop.example:bob@ours.example>    | 250 2.1.5
                    RCPT TO:<bob@ours.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@ours.example | 250 2.1.5
                    RCPT TO:<bob@ours.example> NOTIFY=NEVER    | 250 2.1.5
                    RCPT TO:<bob@ours.example> NOTIFY=NEVER,DELAY | 501 5.5.4
                    RCPT TO:<bob@ours.example> NOTIFY=         | 501 5.5.4
                    RCPT TO:<bob@ours.example> ORCPT=rfc822    | 501 5.5.4
                    RCPT TO:<bob@ours.example> XYZZY=1         | 555 5.5.4
                    RCPT TO:<bob@ours.example> SIZE=1          | 555 5.5.4
                    RCPT TO:<bob@theirs.example>               | 550 5.7.1
                    RCPT TO:<bob%theirs.example@theirs.example> | 550 5.7.1
                    RCPT TO:<@ours.example:bob@theirs.example> | 550 5.7.1
                    RCPT TO:<bob@[127.0.0.1]>                  | 550 5.7.1
                    RCPT TO:<>                                 | 501 5.1.3
                    RCPT TO:<bob>                              | 501 5.1.3
                    RCPT TO:<bob@>                             | 501 5.1.3
                    RCPT TO:<bob@ours..example>                | 501 5.1.3
                    RCPT TO:bob@ours.example                   | 501 5.5.4
                    RCPT                                       | 501 5.5.4
                    MAIL FROM:<ann@client.example>             | 503 5.5.1
                    DATA                                       | 554 5.5.1
                    BDAT 0 LAST                                | 554 5.5.1
                    EHLO again.example                         | 250-mx.ours.example
                    VRFY bob                                   | 252 2.5.0
                    """)
    void command_afterMail_isAnswered(String line, String start) {
        assertStart(start, lastReply(EHLO, MAIL, line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    DATA now                       | 501 5.5.4
                    DATA                           | 354 Send
                    BDAT 0                         | 250 2.0.0
                    BDAT 0 LAST                    | 250 2.0.0
                    bdat 0 last                    | 250 2.0.0
                    BDAT                           | 501 5.5.4
                    BDAT x                         | 501 5.5.4
                    BDAT -1 LAST                   | 501 5.5.4
                    BDAT 1 FIRST                   | 501 5.5.4
                    BDAT 99999999999999999999 LAST | 501 5.5.4
                    MAIL FROM:<ann@client.example> | 503 5.5.1
                    """)
    void command_afterRcpt_isAnswered(String line, String start) {
        assertStart(start, lastReply(EHLO, MAIL, RCPT, line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    DATA                           | 503 5.5.1
                    RCPT TO:<carl@ours.example>    | 503 5.5.1
                    MAIL FROM:<ann@client.example> | 503 5.5.1
                    NOOP                           | 250 2.0.0
                    BDAT 0                         | 250 2.0.0
                    RSET                           | 250 2.0.0
                    """)
    void command_betweenChunks_isAnswered(String line, String start) {
        assertStart(start, lastReply(EHLO, MAIL, RCPT, "BDAT 0", line));
    }

    @Test
    void mail_withParametersAfterHelo_isRefused() {
        assertStart("555 5.5.4", lastReply("HELO client.example", MAIL + " SIZE=1"));
        assertStart("555 5.5.4", lastReply("HELO c.example", MAIL, RCPT + " NOTIFY=NEVER"));
    }

    @Test
    void reset_dropsTransaction() {
        assertStart("503 5.5.1", lastReply(EHLO, MAIL, RCPT, "RSET", "DATA"));
        assertStart("503 5.5.1", lastReply(EHLO, MAIL, RCPT, EHLO, "DATA"));
        assertStart("250 2.1.0", lastReply(EHLO, MAIL, RCPT, "RSET", MAIL));
    }

    @Test
    void mail_thatIsRefused_opensNoTransaction() {
        assertStart("503 5.5.1", lastReply(EHLO, MAIL + " XYZZY", RCPT));
    }

    @Test
    void line_thatIsNone_isAnsweredOnce() {
        String said =
                MemorySession.run(
                                MemorySession.listener(),
                                "NOOP\n"
                                        + "NO\0OP\r\n"
                                        + "NO\u00e9P\r\n"
                                        + "NO\rOP\r\n"
                                        + "\r\n"
                                        + "x".repeat(5000)
                                        + "\r\nQUIT\r\n")
                        .said();
        assertTrue(
                said.matches(
                        "(?s)220 .*?\r\n500 5.5.2 End.*?\r\n(500 5.5.2 .*?valid.*?\r\n){3}"
                                + "500 5.5.1.*?\r\n500 5.5.2 .*?long\r\n221 .*?\r\n"),
                said);
    }

    private static void assertStart(String start, String reply) {
        assertTrue(reply.startsWith(start), () -> "Expected " + start + ", got " + reply);
    }
}
