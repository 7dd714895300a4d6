package io.uartnio.benchmarks;

import io.uartnio.frame.FrameGrammar;
import io.uartnio.module.Identity;
import io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The stream that every parser here is given: groups of four frames, {@code SEND OK}, an unsolicited result code that
 * nobody knows, and {@code OK}, in the words of a Quectel EC200x whose sockets run TLS. The frames go to the sockets in
 * turn. Payload is text without a line end, so that a parser which searches payload is not even caught at it; the
 * stream is whole groups, about 4 MiB unless told otherwise. Immutable but for the array, which nobody writes to.
 */
public final class Workload {

    /** About how long the stream is; also the size of the plain copy that is measured beside the parsers. */
    public static final int STREAM_BYTES = 4 << 20;

    /** Bytes of a socket's receive ring. */
    public static final int RING_BYTES = 64 << 10;

    private static final int FRAMES_A_GROUP = 4;

    private final byte[] stream;
    private final int frames;
    private final int payloadBytes;
    private final int sockets;

    /**
     * Makes a stream of about {@link #STREAM_BYTES}.
     *
     * @param payloadBytes of each frame, 1 to 1500
     * @param sockets that the frames go to, 1 to 12
     * @param trailingCrLf true if CR LF follows payload; no manual says which modules do that
     */
    public Workload(int payloadBytes, int sockets, boolean trailingCrLf) {
        this(payloadBytes, sockets, trailingCrLf, STREAM_BYTES);
    }

    /** Makes a stream of at least this many bytes and as few more as make whole groups, the same for each socket. */
    Workload(int payloadBytes, int sockets, boolean trailingCrLf, int leastBytes) {
        this.payloadBytes = payloadBytes;
        this.sockets = sockets;
        byte[] payload = new byte[payloadBytes];
        for (int i = 0; i < payloadBytes; i++) {
            payload[i] = (byte) ('a' + i % 26);
        }
        byte[] trailer = ascii(trailingCrLf ? "\r\n" : "");
        byte[] texts = ascii("\r\nSEND OK\r\n\r\n+XYZZ: 20,99\r\n\r\nOK\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(leastBytes + 4 * (payloadBytes + 64));
        int made = 0;
        while (bytes.size() < leastBytes || made % sockets != 0) {
            for (int i = 0; i < FRAMES_A_GROUP; i++) {
                bytes.writeBytes(ascii("\r\n+QSSLURC: \"recv\"," + made % sockets + "," + payloadBytes + "\r\n"));
                bytes.writeBytes(payload);
                bytes.writeBytes(trailer);
                made++;
            }
            bytes.writeBytes(texts);
        }
        this.stream = bytes.toByteArray();
        this.frames = made;
    }

    /** Returns the stream itself; it ends with a whole line and may be fed again and again. */
    public byte[] stream() {
        return stream;
    }

    /** Returns how many frames the stream holds. */
    public int frames() {
        return frames;
    }

    /** Returns how many lines besides announcements the stream holds. */
    public int lines() {
        return frames / FRAMES_A_GROUP * 3;
    }

    /** Returns how many bytes of payload the stream holds. */
    public long payloadBytes() {
        return (long) frames * payloadBytes;
    }

    /** Returns how many sockets the frames go to. */
    public int sockets() {
        return sockets;
    }

    /** Returns the shipped grammar of the module that speaks here. */
    public static FrameGrammar grammar() {
        return new Ec200xDriverProvider()
                .create(new Identity("Quectel", "EC200N", "benchmark"), null, null)
                .grammar();
    }

    /**
     * Compares what went in with what came out.
     *
     * @throws IllegalStateException if they differ
     */
    static void check(String what, long expected, long found) {
        if (expected != found) {
            throw new IllegalStateException(
                    "parser is wrong: counted=" + what + ", expected=" + expected + ", found=" + found);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
