package io.embedmta.message;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Content seen through header edits: the new fields, then the original without the ranges of the
 * fields taken out.
 */
final class EditedContent implements Content {
    private final Content original;
    private final byte[] prefix;
    private final List<Range> cuts;
    private final long size;

    /** Octets from {@code start} up to, but not including, {@code end}. */
    private record Range(long start, long end) {}

    private EditedContent(Content original, byte[] prefix, List<Range> cuts) {
        this.original = original;
        this.prefix = prefix;
        this.cuts = cuts;
        long cut = cuts.stream().mapToLong(range -> range.end - range.start).sum();
        this.size = prefix.length + original.size() - cut;
    }

    static EditedContent of(Content original, HeaderEdits edits) throws IOException {
        StringBuilder fields = new StringBuilder();
        edits.prepended().forEach(fields::append);
        return new EditedContent(
                original,
                fields.toString().getBytes(StandardCharsets.UTF_8),
                edits.removed().isEmpty() ? List.of() : find(original, edits.removed()));
    }

    /** Where the named fields lie; reads no further than the header section. */
    private static List<Range> find(Content content, Set<String> names) throws IOException {
        List<Range> ranges = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(content.open())) {
            StringBuilder line = new StringBuilder();
            boolean cutting = false;
            long lineStart = 0;
            long at = 0;
            int octet;
            while ((octet = in.read()) >= 0) {
                at++;
                if (octet != '\n') {
                    if (line.length() < 128) {
                        line.append((char) octet);
                    }
                    continue;
                }
                if (line.isEmpty() || line.toString().equals("\r")) {
                    break;
                }
                boolean continued = line.charAt(0) == ' ' || line.charAt(0) == '\t';
                cutting = continued ? cutting : names.contains(nameOf(line));
                if (cutting) {
                    ranges.add(new Range(lineStart, at));
                }
                line.setLength(0);
                lineStart = at;
            }
        }
        return List.copyOf(ranges);
    }

    private static String nameOf(StringBuilder line) {
        int colon = line.indexOf(":");
        return colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream open() throws IOException {
        InputStream rest = original.open();
        return new SequenceInputStream(
                new ByteArrayInputStream(prefix), cuts.isEmpty() ? rest : new Cutting(rest, cuts));
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (cuts.isEmpty()) {
            out.write(prefix);
            original.writeTo(out);
        } else {
            Content.super.writeTo(out);
        }
    }

    /** Leaves the ranges out. */
    private static final class Cutting extends FilterInputStream {
        private final List<Range> cuts;
        private int next;
        private long at;

        Cutting(InputStream in, List<Range> cuts) {
            super(in);
            this.cuts = cuts;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int got = read(one, 0, 1);
            return got < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (next < cuts.size() && at == cuts.get(next).start) {
                in.skipNBytes(cuts.get(next).end - at);
                at = cuts.get(next).end;
                next++;
            }
            long room = next < cuts.size() ? cuts.get(next).start - at : length;
            int got = in.read(target, offset, (int) Math.min(length, room));
            at += Math.max(0, got);
            return got;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = 0;
            while (skipped < count && read() >= 0) {
                skipped++;
            }
            return skipped;
        }

        @Override
        public int available() {
            return 0;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
