package io.uartnio.it;

import java.util.Random;

/** File contents that each JVM can make for itself. */
final class Contents {

    private Contents() {}

    /** Returns bytes that look random and are always the same for the same size. */
    static byte[] of(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
