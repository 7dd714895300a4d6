package io.uartnio.cli;

/**
 * Counts what arrives on equal sockets while all of them are busy: from the arrival with which the last of them has
 * begun to the one with which the first of them is through. Outside of that time some have nothing to carry, and neither
 * a rate nor a comparison would mean anything. Bytes that arrive with the beginning had crossed before it and are left
 * out.
 *
 * <p>Any thread counts and asks.
 */
final class FairWindow {

    private final long bytesEach;
    private final long[] bytesOf;
    private long[] atStart;
    private long[] atEnd;
    private int begun;
    private long startNanos;
    private long endNanos;

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
                startNanos = now; // stands if one is through before the last begins, as a very unfair module may do it
            }
        }
        boolean complete = begun == bytesOf.length;
        boolean lastBegins = complete && bytesOf[socket] == 0;
        bytesOf[socket] += bytes;
        if (atEnd != null) {
            return;
        }
        if (lastBegins) {
            startNanos = now;
            atStart = bytesOf.clone();
        }
        if (bytesOf[socket] >= bytesEach) {
            endNanos = now;
            atEnd = bytesOf.clone();
        }
    }

    /** Returns the length of the window in nanoseconds, 0 if it has not ended. */
    synchronized long nanos() {
        return atEnd == null ? 0 : endNanos - startNanos;
    }

    /** Returns the bytes of a socket in the window. */
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
