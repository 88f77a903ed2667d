package io.embedmta.examples.kill;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A message that can be made again from its number: its recipients, and its octets, which no other
 * message shares.
 */
final class Letter {
    private static final Pattern NUMBER = Pattern.compile("\r\nSubject: letter (\\d+)\r\n");

    /** A letter in so many is larger than what a journal takes in. */
    private static final int LARGE_EVERY = 20;

    private static final int LARGE = 300 << 10;
    private static final int SMALL = 8 << 10;

    private final int number;
    private final List<String> recipients;
    private final byte[] octets;

    private Letter(int number, List<String> recipients, byte[] octets) {
        this.number = number;
        this.recipients = recipients;
        this.octets = octets;
    }

    static Letter of(long seed, int number) {
        Random random = new Random(seed * 1_000_003 + number);
        boolean large = random.nextInt(LARGE_EVERY) == 0;
        int size = large ? LARGE + random.nextInt(LARGE) : random.nextInt(SMALL);
        int recipients = 1 + random.nextInt(5);
        List<String> to =
                IntStream.range(0, recipients)
                        .mapToObj(i -> "r" + i + (random.nextBoolean() ? "@one" : "@two"))
                        .map(address -> address + ".example")
                        .toList();
        StringBuilder text = new StringBuilder(size + 256);
        text.append("From: sender@example.com\r\nSubject: letter ").append(number);
        text.append("\r\n\r\n");
        while (text.length() < size) {
            // A dot in front makes the line one that is stuffed on its way.
            text.append(random.nextInt(10) == 0 ? "." : "").append(Long.toHexString(seed));
            text.append(' ').append(number).append(' ');
            text.append(Long.toHexString(random.nextLong())).append("\r\n");
        }
        return new Letter(number, to, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    int number() {
        return number;
    }

    List<String> recipients() {
        return recipients;
    }

    /** Not to be changed. */
    byte[] octets() {
        return octets;
    }

    /** The number of a letter that has arrived. */
    static int numberIn(String message) {
        Matcher matcher = NUMBER.matcher(message);
        if (!matcher.find()) {
            throw new IllegalArgumentException("This is none of our letters: " + message);
        }
        return Integer.parseInt(matcher.group(1));
    }
}
