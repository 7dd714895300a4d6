package io.uartnio.at;

import java.nio.charset.StandardCharsets;

/** Looks at lines of text as bytes, without making strings of them. */
public final class Bytes {

    private Bytes() {}

    /** Returns the ASCII bytes of a constant. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the bytes as text, each byte one character. */
    public static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** Returns true if the line begins with the prefix. */
    public static boolean startsWith(byte[] line, int offset, int length, byte[] prefix) {
        if (length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (line[offset + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if the line is exactly this. */
    public static boolean equals(byte[] line, int offset, int length, byte[] other) {
        return length == other.length && startsWith(line, offset, length, other);
    }

    /**
     * Returns a number written without sign or leading zero, or -1 if that is not what stands there.
     *
     * @param end behind the last digit
     * @param max the largest number allowed, below a million
     */
    public static int number(byte[] line, int from, int end, int max) {
        if (from >= end || end - from > 6 || (line[from] == '0' && end - from > 1)) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < end; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= max ? value : -1;
    }

    /** Returns where the byte stands first, or {@code end}. */
    public static int indexOf(byte[] line, int from, int end, char wanted) {
        int i = from;
        while (i < end && line[i] != wanted) {
            i++;
        }
        return i;
    }
}
