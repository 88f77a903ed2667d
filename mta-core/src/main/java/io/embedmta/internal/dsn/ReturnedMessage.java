package io.embedmta.internal.dsn;

import io.embedmta.internal.wire.CrlfOutputStream;
import io.embedmta.message.Content;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.TlsRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The third part of a DSN: the original message, or its header section, or nothing where it cannot
 * be read (RFC 6522 §3).
 */
final class ReturnedMessage {
    /**
     * A failed message of up to this many octets comes back whole where the sender did not say (RFC
     * 3461 §4.3 leaves it to us): its author may have no other copy, and a longer one would only
     * double the load, often onto an innocent whose address was forged.
     */
    static final long SMALL = 64 * 1024;

    /** How much of the original there is in the DSN. */
    enum Extent {
        WHOLE,
        HEADER,
        NOTHING
    }

    private final DsnReport report;
    private final HeaderSection header;
    private final Extent extent;
    private final boolean global;

    ReturnedMessage(DsnReport report, HeaderSection header) {
        this.report = report;
        this.header = header;
        this.extent = extentDue(report);
        // RFC 6533 §4.4: where all is ASCII, the traditional types may stand. Of a whole message
        // that came by SMTPUTF8 we have not seen the headers of its inner parts.
        this.global = report.mayBeUtf8() && (extent == Extent.WHOLE || header.isEightBit());
    }

    private static Extent extentDue(DsnReport report) {
        Content content = report.content();
        if (content == null) {
            return Extent.NOTHING;
        }
        // RFC 3461 §4.3: RET is about failures alone; other reports carry the header section.
        // RFC 8689 §5: so do those of a message with REQUIRETLS, whatever RET says.
        boolean whole =
                report.has(Action.FAILED)
                        && report.envelope().tlsRequest() != TlsRequest.REQUIRED
                        && report.envelope()
                                .dsnReturn()
                                .map(wanted -> wanted == DsnReturn.FULL)
                                .orElse(content.size() <= SMALL);
        return whole ? Extent.WHOLE : Extent.HEADER;
    }

    Extent extent() {
        return extent;
    }

    /** Whether the part is of a type that needs SMTPUTF8 on its way (RFC 6533 §4.5). */
    boolean isGlobal() {
        return global;
    }

    /** Whether the part is sent with octets above 127. */
    boolean isEightBit() {
        return encoding().equals("8bit");
    }

    String contentType() {
        if (extent == Extent.WHOLE) {
            return global ? "message/global" : "message/rfc822";
        }
        return global ? "message/global-headers" : "text/rfc822-headers";
    }

    String encoding() {
        if (extent == Extent.WHOLE) {
            // RFC 2046 §5.2.1: never quoted-printable around a message/rfc822. So a line that was
            // too long when it came in (RFC 5322 §2.1.1) goes back as long.
            boolean eightBit = global || report.envelope().eightBit() || header.isEightBit();
            return eightBit ? "8bit" : "7bit";
        }
        // RFC 6522 §4: what is not legal in a header section is made so by quoted-printable.
        if (header.isOverlong() || (header.isEightBit() && !global)) {
            return "quoted-printable";
        }
        return header.isEightBit() ? "8bit" : "7bit";
    }

    /** Streams the part's body: the message is never held whole (invariant I5). */
    void writeTo(OutputStream out) throws IOException {
        Content content = report.content();
        if (content != null && extent == Extent.WHOLE) {
            try (InputStream in = OriginalInputStream.open(content);
                    CrlfOutputStream lines = new CrlfOutputStream(out)) {
                in.transferTo(lines);
            }
        } else if (encoding().equals("quoted-printable")) {
            out.write(QuotedPrintable.encode(header.octets()));
        } else {
            out.write(header.octets());
        }
    }
}
