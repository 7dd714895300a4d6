package io.uartnio.cli;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JVM has. */
final class Digests {

    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance(DemoRequest.DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("JVM is without " + DemoRequest.DIGEST, e);
        }
    }
}
