package io.embedmta.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What header edits do, said over again on a string in memory, and inputs to compare by. */
final class HeaderEditsModel {
    private static final String[] PIECES = {
        "A",
        "Bcc",
        "bCC",
        "X-Long",
        ":",
        ": ",
        " :",
        "\t",
        " ",
        "\r\n",
        "\r\n",
        "\n",
        "\r",
        "v",
        "\u00e9",
        "\u0000",
        "\r\n\r\n",
        "\r\n ",
        "Bcc: x\r\n",
        "A: y\r\n",
        "."
    };
    private static final String[] NAMES = {"A", "Bcc", "BCC", "X-Long", "v"};

    private HeaderEditsModel() {}

    static String message(Random random) {
        StringBuilder message = new StringBuilder();
        int length = random.nextInt(30);
        for (int i = 0; i < length; i++) {
            message.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return message.toString();
    }

    static HeaderEdits edits(Random random) {
        HeaderEdits edits = HeaderEdits.NONE;
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            String name = NAMES[random.nextInt(NAMES.length)];
            edits =
                    random.nextBoolean()
                            ? edits.andRemove(name)
                            : edits.andPrepend(name, random.nextBoolean() ? "new" : "a\r\n b");
        }
        return edits;
    }

    static String apply(HeaderEdits edits, String message) {
        StringBuilder out = new StringBuilder();
        for (HeaderField field : edits.prepended()) {
            out.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        if (!edits.prepended().isEmpty() && (message.startsWith(" ") || message.startsWith("\t"))) {
            out.append("\r\n");
        }
        boolean header = true;
        boolean cutting = false;
        for (String line : lines(message)) {
            String bare = line.replaceFirst("\r?\n$", "");
            header = header && !(bare.isEmpty() && line.endsWith("\n"));
            if (!header) {
                cutting = false;
            } else if (!bare.startsWith(" ") && !bare.startsWith("\t")) {
                String name = bare.indexOf(':') < 0 ? "" : bare.substring(0, bare.indexOf(':'));
                String plain = name.replaceFirst("[ \t]+$", "").toLowerCase(Locale.ROOT);
                cutting = edits.removed().contains(plain);
            }
            if (!cutting) {
                out.append(line);
            }
        }
        return out.toString();
    }

    /** The lines with their LF; the last one perhaps without. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(from, end));
            from = end;
        }
        return lines;
    }
}
