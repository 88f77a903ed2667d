package io.embedmta.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Content seen through header edits: the new fields, then the original without the fields taken
 * out.
 */
final class EditedContent implements Content {
    private final Content original;
    private final byte[] prefix;
    private final Set<String> removed;
    private final long size;

    private EditedContent(Content original, byte[] prefix, Set<String> removed, long size) {
        this.original = original;
        this.prefix = prefix;
        this.removed = removed;
        this.size = size;
    }

    static EditedContent of(Content original, HeaderEdits edits) throws IOException {
        byte[] prefix = prefix(original, edits.prepended());
        Set<String> removed = edits.removed();
        long cut = removed.isEmpty() ? 0 : FieldRemover.countRemoved(original, removed);
        return new EditedContent(original, prefix, removed, prefix.length + original.size() - cut);
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

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream open() throws IOException {
        InputStream rest = original.open();
        return new SequenceInputStream(
                new ByteArrayInputStream(prefix),
                removed.isEmpty() ? rest : new FieldRemover(rest, removed));
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (removed.isEmpty()) {
            out.write(prefix);
            original.writeTo(out);
        } else {
            Content.super.writeTo(out);
        }
    }
}
