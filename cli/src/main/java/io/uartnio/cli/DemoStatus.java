package io.uartnio.cli;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the demo's displays show: the sockets, what has crossed the line for each, and how fast it does so now, as the
 * mean of the last two seconds. Used by the thread of the select loop.
 */
final class DemoStatus {

    private static final int SAMPLES = 10;
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<DemoSocket> sockets;
    private final Traffic down;
    private final Traffic up;
    private final int baudRate;
    private final long bytesEach;
    private final boolean mux;
    private final long startNanos = System.nanoTime();
    private final long[] sampleNanos = new long[SAMPLES];
    private final long[][] downSamples;
    private final long[][] upSamples;
    private long samples;
    private long endNanos;

    /**
     * Begins the demo's time.
     *
     * @param down downloads of the sockets
     * @param up uploads of the sockets
     * @param baudRate of the line
     * @param bytesEach of each socket and direction
     * @param mux true if the line is multiplexed
     */
    DemoStatus(List<DemoSocket> sockets, Traffic down, Traffic up, int baudRate, long bytesEach, boolean mux) {
        this.sockets = List.copyOf(sockets);
        this.down = down;
        this.up = up;
        this.baudRate = baudRate;
        this.bytesEach = bytesEach;
        this.mux = mux;
        this.downSamples = new long[SAMPLES][sockets.size()];
        this.upSamples = new long[SAMPLES][sockets.size()];
        sample(startNanos);
    }

    /** Takes a sample if it is time for one; returns whether it was. */
    boolean tick() {
        long now = System.nanoTime();
        if (now - sampleNanos[(int) ((samples - 1) % SAMPLES)] < SAMPLE_NANOS) {
            return false;
        }
        sample(now);
        return true;
    }

    private void sample(long now) {
        int slot = (int) (samples++ % SAMPLES);
        sampleNanos[slot] = now;
        for (int socket = 0; socket < sockets.size(); socket++) {
            downSamples[slot][socket] = down.bytes(socket);
            upSamples[slot][socket] = up.bytes(socket);
        }
    }

    /** Ends the demo's time. */
    void end() {
        endNanos = System.nanoTime();
    }

    /** Returns the demo's time, in seconds. */
    double seconds() {
        return ((endNanos == 0 ? System.nanoTime() : endNanos) - startNanos) / 1e9;
    }

    List<DemoSocket> sockets() {
        return sockets;
    }

    Traffic down() {
        return down;
    }

    Traffic up() {
        return up;
    }

    int baudRate() {
        return baudRate;
    }

    /** Returns the framing limit of a direction; all sockets are the module's TLS. */
    double framingLimit(Direction direction) {
        return FramingLimit.of(direction, true, mux);
    }

    long bytesEach() {
        return bytesEach;
    }

    int verified() {
        return (int) sockets.stream()
                .filter(socket -> socket.state() == DemoSocket.State.VERIFIED)
                .count();
    }

    /** Returns how fast a socket's downloads come now, in bytes a second. */
    double downRate(int socket) {
        return rate(downSamples, socket);
    }

    /** Returns how fast a socket's uploads arrive now, in bytes a second. */
    double upRate(int socket) {
        return rate(upSamples, socket);
    }

    /** Returns how fast all downloads come now, in bytes a second. */
    double downRate() {
        return sockets.stream().mapToDouble(socket -> downRate(socket.number())).sum();
    }

    /** Returns how fast all uploads arrive now, in bytes a second. */
    double upRate() {
        return sockets.stream().mapToDouble(socket -> upRate(socket.number())).sum();
    }

    private double rate(long[][] bytes, int socket) {
        int newest = (int) ((samples - 1) % SAMPLES);
        int oldest = samples < SAMPLES ? 0 : (int) (samples % SAMPLES);
        long nanos = sampleNanos[newest] - sampleNanos[oldest];
        return nanos <= 0 ? 0 : (bytes[newest][socket] - bytes[oldest][socket]) * 1e9 / nanos;
    }

    /**
     * Returns the share of the line that payload took while a direction was in use: the payload of both directions
     * against what the line could have carried in the time of each.
     */
    double lineUtilisation() {
        double seconds = down.seconds() + up.seconds();
        return seconds > 0
                ? FramingLimit.lineShare((double) (down.bytesInTime() + up.bytesInTime()) / seconds, baudRate)
                : 0;
    }
}
