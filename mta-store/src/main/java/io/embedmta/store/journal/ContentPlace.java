package io.embedmta.store.journal;

import java.io.IOException;

/**
 * Where the octets of a message are, with their checksum.
 *
 * @param file the number of the file that holds nothing else, or {@link #INLINE}
 * @param offset of an inline content within the content part of its frame
 * @param length in octets
 * @param checksum CRC-32C
 */
record ContentPlace(long file, int offset, long length, int checksum) {
    /** The content stands behind the record, in the same frame. */
    static final long INLINE = 0;

    static ContentPlace inline(int offset, int length, int checksum) {
        return new ContentPlace(INLINE, offset, length, checksum);
    }

    static ContentPlace inFile(long file, long length, int checksum) {
        return new ContentPlace(file, 0, length, checksum);
    }

    boolean isInline() {
        return file == INLINE;
    }

    /** The same content at another offset of another frame. */
    ContentPlace movedTo(int newOffset) {
        return isInline() ? inline(newOffset, (int) length, checksum) : this;
    }

    void writeTo(RecordOutput out) {
        out.int64(file);
        out.int32(offset);
        out.int64(length);
        out.int32(checksum);
    }

    static ContentPlace read(RecordInput in) throws IOException {
        ContentPlace place = new ContentPlace(in.int64(), in.int32(), in.int64(), in.int32());
        boolean ok = place.file >= 0 && place.offset >= 0 && place.length >= 0;
        if (!ok || (place.isInline() && place.length > Integer.MAX_VALUE - place.offset)) {
            throw new IOException("A record names an impossible place.");
        }
        return place;
    }
}
