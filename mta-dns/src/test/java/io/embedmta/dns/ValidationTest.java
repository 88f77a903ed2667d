package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** What is made of the validator's words; {@link DnssecTest} has it say them. */
class ValidationTest {
    private static final Name NAME = Name.fromConstantString("mx.example.");

    private final Message reply = Message.newQuery(Record.newRecord(NAME, Type.A, DClass.IN));

    private void judge() throws IOException {
        Validation.judge(reply, Type.A);
    }

    private String refused() {
        return String.valueOf(assertThrows(IOException.class, this::judge).getMessage());
    }

    private void say(String reason) {
        reply.addRecord(
                new TXTRecord(Name.root, ValidatingResolver.VALIDATION_REASON_QCLASS, 0, reason),
                Section.ADDITIONAL);
    }

    private void addAddress() throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        reply.addRecord(new ARecord(NAME, DClass.IN, 60, address), Section.ANSWER);
    }

    /** "There is no such record" must be somebody's word: without it, nobody knows. */
    @Test
    void denial_thatWasNotJudged_isNoAnswer() {
        assertEquals("DNSSEC could not be validated", refused());
        reply.getHeader().setRcode(Rcode.NXDOMAIN);
        assertEquals("DNSSEC could not be validated", refused());
    }

    @Test
    void denial_thatWasJudged_isAnAnswer() {
        say("the zone is not signed");
        assertDoesNotThrow(this::judge);
    }

    @Test
    void denial_thatIsSecure_isAnAnswer() {
        reply.getHeader().setFlag(Flags.AD);
        assertDoesNotThrow(this::judge);
    }

    @Test
    void records_withoutReason_areAnInsecureAnswer() throws IOException {
        addAddress();
        assertDoesNotThrow(this::judge);
    }

    @Test
    void failure_isBogus_andItsReasonOneLine() throws IOException {
        addAddress();
        reply.getHeader().setRcode(Rcode.SERVFAIL);
        say("of x\r\ny");
        assertEquals("bogus: of x\\013\\010y", refused());
    }

    @Test
    void failure_withoutReason_isBogusToo() {
        reply.getHeader().setRcode(Rcode.SERVFAIL);
        assertEquals("bogus: no reason given", refused());
    }
}
