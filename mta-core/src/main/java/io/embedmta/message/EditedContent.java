package io.embedmta.message;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
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
    /** RFC 5322 §2.1.1: no line, and so no name, is longer than this. */
    private static final int MAX_LINE = 1000;

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
        return new EditedContent(
                original,
                prefix(original, edits.prepended()),
                edits.removed().isEmpty() ? List.of() : find(original, edits.removed()));
    }

    /**
     * The new fields. Where the original begins with a space or tab it has no header section, and
     * an empty line says so: else its first line would continue the last of our fields, and a
     * sender could add to what we say.
     */
    private static byte[] prefix(Content original, List<HeaderField> fields) throws IOException {
        if (fields.isEmpty()) {
            return new byte[0];
        }
        StringBuilder text = new StringBuilder();
        fields.forEach(text::append);
        try (InputStream in = original.open()) {
            int first = in.read();
            if (first == ' ' || first == '\t') {
                text.append("\r\n");
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Where the named fields lie; reads no further than the header section. */
    private static List<Range> find(Content content, Set<String> names) throws IOException {
        List<Range> ranges = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(content.open())) {
            StringBuilder line = new StringBuilder();
            boolean cutting = false;
            long start = 0;
            long end = start + readLine(in, line);
            while (end > start && !isEmptyLine(line)) {
                boolean folded = line.charAt(0) == ' ' || line.charAt(0) == '\t';
                cutting = folded ? cutting : names.contains(nameOf(line));
                if (cutting) {
                    ranges.add(new Range(start, end));
                }
                start = end;
                end = start + readLine(in, line);
            }
        }
        return List.copyOf(ranges);
    }

    /**
     * Reads a line, its LF included, and keeps its beginning.
     *
     * @return how many octets it had; 0 at the end of the content
     */
    private static long readLine(InputStream in, StringBuilder line) throws IOException {
        line.setLength(0);
        long length = 0;
        int octet;
        while ((octet = in.read()) >= 0) {
            length++;
            if (line.length() < MAX_LINE) {
                line.append((char) octet);
            }
            if (octet == '\n') {
                break;
            }
        }
        return length;
    }

    private static boolean isEmptyLine(StringBuilder line) {
        return line.charAt(0) == '\n'
                || (line.length() == 2 && line.charAt(0) == '\r' && line.charAt(1) == '\n');
    }

    /** The name in lower case; blanks before the colon are obsolete, and read (RFC 5322 §4.5). */
    private static String nameOf(StringBuilder line) {
        int end = Math.max(0, line.indexOf(":"));
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        return line.substring(0, end).toLowerCase(Locale.ROOT);
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
    private static final class Cutting extends InputStream {
        private final InputStream in;
        private final List<Range> cuts;
        private int next;
        private long at;

        Cutting(InputStream in, List<Range> cuts) {
            this.in = in;
            this.cuts = cuts;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
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
        public void close() throws IOException {
            in.close();
        }
    }
}
