package io.uartnio.cli;

/**
 * Counts what arrives on equal sockets: of all of them from the first arrival to the last, for the rate, since a line
 * that they share is busy as long as any of them is; and of each while all of them are busy, for the comparison. That is
 * from the arrival with which the last of them has begun to the one with which the first of them is through. Bytes that
 * arrive with the beginning had crossed before it and are left out of both.
 *
 * <p>Any thread counts and asks.
 */
final class FairWindow {

    private final long bytesEach;
    private final long[] bytesOf;
    private long[] atStart;
    private long[] atEnd;
    private int begun;
    private long firstNanos;
    private long firstBytes;
    private long lastNanos;

    /**
     * Creates a window in which nothing has arrived.
     *
     * @param sockets how many
     * @param bytesEach what will arrive on each
     */
    FairWindow(int sockets, long bytesEach) {
        this.bytesEach = bytesEach;
        this.bytesOf = new long[sockets];
        this.atStart = new long[sockets];
    }

    synchronized void count(int socket, int bytes) {
        long now = System.nanoTime();
        if (bytesOf[socket] == 0) {
            begun++;
            if (begun == 1) {
                firstNanos = now;
                firstBytes = bytes;
            }
        }
        boolean complete = begun == bytesOf.length;
        boolean lastBegins = complete && bytesOf[socket] == 0;
        bytesOf[socket] += bytes;
        lastNanos = now;
        if (atEnd != null) {
            return;
        }
        if (lastBegins) {
            atStart = bytesOf.clone();
        }
        if (bytesOf[socket] >= bytesEach) {
            atEnd = bytesOf.clone();
        }
    }

    /** Returns the time from the first arrival of all to the last so far, in nanoseconds. */
    synchronized long nanos() {
        return lastNanos - firstNanos;
    }

    /** Returns how many bytes came with the first arrival, and do not belong to {@link #nanos()}. */
    synchronized long firstBytes() {
        return firstBytes;
    }

    /** Returns the bytes of a socket while all were busy, 0 as long as none is through. */
    synchronized long bytes(int socket) {
        return atEnd == null ? 0 : atEnd[socket] - atStart[socket];
    }

    /**
     * Returns Jain's index of equal shares: (Σx)² ÷ (n·Σx²), 1 if all are equal and 1/n if one has everything.
     */
    static double jain(long[] shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? 1 : sum * sum / (shares.length * squares);
    }
}
