package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.tlsrpt.ReportTarget.Mailbox;
import io.embedmta.dns.tlsrpt.ReportTarget.Web;
import io.embedmta.message.MailAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportRecordTest {
    private static Mailbox mailbox(String address) {
        return new Mailbox(MailAddress.of(address));
    }

    /** The examples of RFC 8460 §3.1. */
    @Test
    void examples_ofTheRfc_areRead() {
        assertEquals(
                List.of(mailbox("reports@example.com")),
                ReportRecord.targets(List.of("v=TLSRPTv1;rua=mailto:reports@example.com")));
        assertEquals(
                List.of(new Web("reporting.example.com", 443, "/v1/tlsrpt")),
                ReportRecord.targets(
                        List.of("v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt")));
    }

    @Test
    void severalTargets_areRead_inOrder() {
        assertEquals(
                List.of(
                        mailbox("a+b@example.org"),
                        new Web("r.example.org", 8443, "/?x=%2C"),
                        mailbox("c%@example.org")),
                ReportRecord.targets(
                        List.of(
                                "v=spf1 -all",
                                "v=TLSRPTv1; ext=1 ; rua=mailto:a+b@example.org?subject=x ,"
                                        + " HTTPS://R.example.org:8443?x=%2C,mailto:c%25@example.org,"
                                        + "mailto:a%2Bb@example.org;")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v=TLSRPTv1",
                "v=TLSRPTv1;",
                "v=TLSRPTv2; rua=mailto:a@example.org",
                "v=TLSRPTv1 ; rua=mailto:a@example.org",
                "v=TLSRPTv1; rua=",
                "v=TLSRPTv1; rua=a@example.org",
                "v=TLSRPTv1; rua=mailto:",
                "v=TLSRPTv1; rua=mailto:a%0d%0aBcc:@example.org",
                "v=TLSRPTv1; rua=mailto:a%zz@example.org",
                "v=TLSRPTv1; rua=mailto:%c3%a4@example.org",
                "v=TLSRPTv1; rua=http://r.example.org/",
                "v=TLSRPTv1; rua=ftp://r.example.org/",
                "v=TLSRPTv1; rua=https:///x",
                "v=TLSRPTv1; rua=https://127.0.0.1.5/",
                "v=TLSRPTv1; rua=https://[::1]/",
                "v=TLSRPTv1; rua=https://user@r.example.org/",
                "v=TLSRPTv1; rua=https://r.example.org:0/",
                "v=TLSRPTv1; rua=https://r.example.org:70000/",
                "v=TLSRPTv1; rua=https://r.example.org/\u00e4"
            })
    void whatWeCannotUse_isLeftOut(String text) {
        assertEquals(List.of(), ReportRecord.targets(List.of(text)));
    }

    @Test
    void twoRecords_areNone() {
        String record = "v=TLSRPTv1; rua=mailto:a@example.org";
        assertEquals(List.of(), ReportRecord.targets(List.of(record, record)));
    }

    @Test
    void targets_areNoMoreThanFive() {
        String many = "mailto:a@a.example,mailto:b@a.example,mailto:c@a.example,mailto:d@a.example";
        assertEquals(
                5,
                ReportRecord.targets(
                                List.of("v=TLSRPTv1; rua=" + many + "," + many.replace("@a", "@b")))
                        .size());
    }

    /** Whatever comes, there are targets that we can use, or none. */
    @Test
    void anyRecord_isReadOrIgnored() {
        long seed = System.nanoTime();
        System.out.println("ReportRecordTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "mailto:",
            "https://",
            "a@example.org",
            "r.example.org",
            ":",
            "/",
            "?",
            "%",
            "%0d%0a",
            ",",
            ";",
            " ",
            "rua=",
            "[::1]",
            "\u00e4",
            "\"",
            "@",
            "#",
            "443",
            "\\",
            "+",
            "<>"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder("v=TLSRPTv1; rua=");
            for (int j = random.nextInt(8); j >= 0; j--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            for (ReportTarget target : ReportRecord.targets(List.of(text.toString()))) {
                assertTrue(
                        target.toString().chars().allMatch(c -> c >= ' ' && c < 127),
                        text + " seed " + seed);
            }
        }
    }
}
