package io.uartnio.it;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/** One GET of HTTP/1.1 and its response, taken in pieces of any size: the head as text, the body as its SHA-256. */
final class HttpGet {

    private final ByteBuffer request;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final MessageDigest body = Bench.sha256();
    private long bodyLeft = -1;
    private byte[] digest;

    HttpGet(String path, boolean keepAlive) {
        String text = "GET " + path + " HTTP/1.1\r\nHost: " + Bench.HOST + "\r\nConnection: "
                + (keepAlive ? "keep-alive" : "close") + "\r\n\r\n";
        request = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns what of the request is still to be sent. */
    ByteBuffer request() {
        return request;
    }

    /** Takes the next bytes of the response, none beyond its end. */
    void take(ByteBuffer bytes) {
        while (bodyLeft < 0 && bytes.hasRemaining()) {
            head.write(bytes.get());
            String text = head.toString(StandardCharsets.US_ASCII);
            if (text.endsWith("\r\n\r\n")) {
                bodyLeft = contentLength(text);
            }
        }
        if (bytes.remaining() > bodyLeft && bodyLeft >= 0) {
            throw new IllegalStateException("response is longer than announced: excess=" + bytes.remaining());
        }
        bodyLeft -= bytes.remaining();
        body.update(bytes);
        if (bodyLeft == 0 && digest == null) {
            digest = body.digest();
        }
    }

    private static long contentLength(String head) {
        if (!head.startsWith("HTTP/1.1 200 ")) {
            throw new IllegalStateException("no good response: " + head);
        }
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                return Long.parseLong(line.substring(15).strip());
            }
        }
        throw new IllegalStateException("response without a length: " + head);
    }

    boolean isComplete() {
        return digest != null;
    }

    /** Returns the SHA-256 of the body. */
    String sha256() {
        if (digest == null) {
            throw new IllegalStateException("response is not complete: bodyBytesLeft=" + bodyLeft + ", head=" + head);
        }
        return Bench.hex(digest);
    }
}
