package io.embedmta.dns;

import io.embedmta.resolver.DnsName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.xbill.DNS.Name;

/** Our names and dnsjava's. By their octets: the text form of dnsjava has escapes. */
final class Names {
    private Names() {}

    static Name toWire(DnsName name) {
        byte[] text = name.text().getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream wire = new ByteArrayOutputStream(text.length + 2);
        int start = 0;
        for (int i = 0; i <= text.length && !name.isRoot(); i++) {
            if (i == text.length || text[i] == '.') {
                wire.write(i - start);
                wire.write(text, start, i - start);
                start = i + 1;
            }
        }
        wire.write(0);
        try {
            return new Name(wire.toByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(name + " is no name on the wire", e);
        }
    }

    /**
     * The name as text; nothing if it holds an octet that no text has room for, such as a dot
     * inside a label. RFC 2181 §11 allows those, but no host is named so.
     */
    static Optional<DnsName> toText(Name name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.labels() - 1; i++) {
            byte[] label = name.getLabel(i);
            if (i > 0) {
                text.append('.');
            }
            for (int at = 1; at < label.length; at++) {
                if (label[at] <= ' ' || label[at] == 127 || label[at] == '.') {
                    return Optional.empty();
                }
                text.append((char) label[at]);
            }
        }
        return Optional.of(DnsName.of(text.isEmpty() ? "." : text.toString()));
    }
}
