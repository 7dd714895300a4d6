package io.uartnio.benchmarks;

/**
 * A bare parser of the same stream: what is left when everything is dropped that makes the shipped one safe. It knows
 * one announcement and believes it, checks no line end and no number, keeps no reserve and publishes to nobody. It is
 * not what Java programs do; it is how fast this could be, and the steady reference of the guard, which is why it does
 * not share a line with the shipped code and should not be changed. One thread.
 */
public final class SketchFeeder implements PieceFeeder {

    private static final byte[] ANNOUNCEMENT = Workload.ascii("+QSSLURC: \"recv\",");

    private final byte[][] rings;
    private final int[] tails;
    private final byte[] line = new byte[256];
    private int collected;
    private int remaining;
    private int index;
    private long frames;
    private long payloadBytes;

    /** Creates one ring for each socket. */
    public SketchFeeder(int sockets) {
        rings = new byte[sockets][Workload.RING_BYTES];
        tails = new int[sockets];
    }

    @Override
    public void feed(byte[] buffer, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            if (remaining > 0) {
                i += copy(buffer, i, Math.min(remaining, end - i));
                continue;
            }
            byte b = buffer[i++];
            if (b == '\n') {
                endLine();
            } else if (b != '\r' && collected < line.length) {
                line[collected++] = b;
            }
        }
    }

    private int copy(byte[] buffer, int offset, int length) {
        byte[] ring = rings[index];
        int tail = tails[index];
        int untilEnd = Math.min(length, ring.length - tail);
        System.arraycopy(buffer, offset, ring, tail, untilEnd);
        System.arraycopy(buffer, offset + untilEnd, ring, 0, length - untilEnd);
        tails[index] = tail + length & ring.length - 1;
        remaining -= length;
        payloadBytes += length;
        return length;
    }

    private void endLine() {
        int length = collected;
        collected = 0;
        if (length <= ANNOUNCEMENT.length) {
            return;
        }
        for (int i = 0; i < ANNOUNCEMENT.length; i++) {
            if (line[i] != ANNOUNCEMENT[i]) {
                return;
            }
        }
        int i = ANNOUNCEMENT.length;
        int number = 0;
        for (; line[i] != ','; i++) {
            number = number * 10 + line[i] - '0';
        }
        index = number;
        number = 0;
        for (i++; i < length; i++) {
            number = number * 10 + line[i] - '0';
        }
        remaining = number;
        frames++;
    }

    /** Returns the number of frames that began. */
    public long frames() {
        return frames;
    }

    /** Returns the number of bytes that were copied into the rings. */
    public long payloadBytes() {
        return payloadBytes;
    }
}
