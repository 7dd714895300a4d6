package io.uartnio.cli;

/**
 * The payload of one direction, counted where it arrives: downloads by the client, uploads by the server. What a sender
 * has handed to a buffer has not crossed the line yet and is not counted. The time runs from the first arrival to the
 * last, and the bytes of the first arrival, which had crossed before that time began, are left out of the rate.
 *
 * <p>Any thread counts and asks.
 */
final class Traffic {

    private final long[] bytesOf;
    private long totalBytes;
    private long firstBytes;
    private long firstNanos;
    private long lastNanos;

    Traffic(int sockets) {
        bytesOf = new long[sockets];
    }

    synchronized void count(int socket, int bytes) {
        long now = System.nanoTime();
        if (totalBytes == 0) {
            firstNanos = now;
            firstBytes = bytes;
        }
        lastNanos = now;
        bytesOf[socket] += bytes;
        totalBytes += bytes;
    }

    /** Returns the bytes of one socket. */
    synchronized long bytes(int socket) {
        return bytesOf[socket];
    }

    /** Returns the bytes of all sockets. */
    synchronized long bytes() {
        return totalBytes;
    }

    /** Returns the time from the first arrival to the last, in seconds. */
    synchronized double seconds() {
        return (lastNanos - firstNanos) / 1e9;
    }

    /** Returns the bytes that arrived in {@link #seconds()}. */
    synchronized long bytesInTime() {
        return totalBytes - firstBytes;
    }

    /** Returns bytes a second, 0 as long as nothing can be said. */
    synchronized double bytesPerSecond() {
        double seconds = seconds();
        return seconds > 0 ? (double) bytesInTime() / seconds : 0;
    }
}
