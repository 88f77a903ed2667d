package io.embedmta.testing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What comes from a client, as fast and as much as a rule lets it. */
final class RationedInput extends FilterInputStream {
    private final Supplier<@Nullable Ration> ration;

    RationedInput(InputStream in, Supplier<@Nullable Ration> ration) {
        super(in);
        this.ration = ration;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Ration current = ration.get();
        if (current == null) {
            return in.read(to, offset, length);
        }
        int got = in.read(to, offset, current.most(length));
        if (got > 0) {
            current.passed(got, true);
        }
        return got;
    }
}
