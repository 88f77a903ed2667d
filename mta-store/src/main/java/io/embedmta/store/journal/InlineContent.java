package io.embedmta.store.journal;

import io.embedmta.message.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Content in the journal: small, so that it is read at once, and checked before it is given. */
final class InlineContent implements Content {
    private final MailReader reader;
    private final JournalMail mail;
    private final ContentPlace place;

    InlineContent(MailReader reader, JournalMail mail, ContentPlace place) {
        this.reader = reader;
        this.mail = mail;
        this.place = place;
    }

    @Override
    public long size() {
        return place.length();
    }

    @Override
    public InputStream open() throws IOException {
        return new ByteArrayInputStream(read());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(read());
    }

    private byte[] read() throws IOException {
        byte[] octets = new byte[(int) place.length()];
        ByteBuffer target = ByteBuffer.wrap(octets);
        reader.octets(mail, target);
        CRC32C crc = new CRC32C();
        crc.update(octets);
        if (target.hasRemaining() || (int) crc.getValue() != place.checksum()) {
            throw new IOException("The content of message " + mail.number + " is damaged.");
        }
        return octets;
    }
}
