package io.embedmta.testing;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What goes to a client, as fast as a rule lets it. */
final class RationedOutput extends FilterOutputStream {
    private final Supplier<@Nullable Ration> ration;

    RationedOutput(OutputStream out, Supplier<@Nullable Ration> ration) {
        super(out);
        this.ration = ration;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        Ration current = ration.get();
        if (current == null) {
            out.write(octets, offset, length);
            return;
        }
        int done = 0;
        while (done < length) {
            int part = current.most(length - done);
            out.write(octets, offset + done, part);
            out.flush();
            done += part;
            current.passed(part, false);
        }
    }
}
