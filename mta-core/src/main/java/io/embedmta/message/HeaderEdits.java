package io.embedmta.message;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Changes to a header section: fields to put in front, and names of fields to take out. The body is
 * never copied for them. Immutable.
 *
 * @param prepended the fields to put in front, top first
 * @param removed names of fields to take out, in lower case; only the message's own fields are
 *     taken out, never the prepended ones
 */
public record HeaderEdits(List<HeaderField> prepended, Set<String> removed) {
    /** No change. */
    public static final HeaderEdits NONE = new HeaderEdits(List.of(), Set.of());

    /**
     * Copies both.
     *
     * @throws io.embedmta.smtp.SyntaxException if a name to take out is not a field name
     */
    public HeaderEdits {
        prepended = List.copyOf(prepended);
        Set<String> names = new LinkedHashSet<>();
        for (String name : removed) {
            HeaderField.checkName(name);
            names.add(name.toLowerCase(Locale.ROOT));
        }
        removed = Set.copyOf(names);
    }

    /** Puts one field in front. */
    public static HeaderEdits prepend(String name, String value) {
        return NONE.andPrepend(name, value);
    }

    /** Takes out all fields of that name, in any case. */
    public static HeaderEdits remove(String name) {
        return NONE.andRemove(name);
    }

    /** These changes, and one more field in front of all others. */
    public HeaderEdits andPrepend(String name, String value) {
        List<HeaderField> fields = new ArrayList<>();
        fields.add(new HeaderField(name, value));
        fields.addAll(prepended);
        return new HeaderEdits(fields, removed);
    }

    /** These changes, and all fields of that name taken out. */
    public HeaderEdits andRemove(String name) {
        Set<String> names = new LinkedHashSet<>(removed);
        names.add(name);
        return new HeaderEdits(prepended, names);
    }

    /** These changes, then the others: the others' fields come on top. */
    public HeaderEdits then(HeaderEdits later) {
        if (later.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return later;
        }
        List<HeaderField> fields = new ArrayList<>(later.prepended);
        fields.addAll(prepended);
        Set<String> names = new LinkedHashSet<>(removed);
        names.addAll(later.removed);
        return new HeaderEdits(fields, names);
    }

    /** Whether nothing changes. */
    public boolean isEmpty() {
        return prepended.isEmpty() && removed.isEmpty();
    }

    /**
     * The content as these changes make it.
     *
     * @throws IOException if the header section cannot be read
     */
    public Content applyTo(Content content) throws IOException {
        return isEmpty() ? content : EditedContent.of(content, this);
    }
}
