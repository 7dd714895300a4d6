package io.uartnio.emulator;

import java.io.EOFException;
import java.io.IOException;

/**
 * What the host sends to one port, for the port's command thread alone: over the UART itself, or over a channel of the
 * multiplexer.
 */
abstract class PortInput {

    /** Returned by the reads when nothing came in time. */
    static final int TIMEOUT = -2;

    private static final int SLICE_MILLIS = 50;

    private final Power power;
    private byte[] buffer = new byte[0];
    private int position;
    private int limit;
    private boolean watchesDtr;
    private boolean dtrDropped;
    private long life;

    PortInput(Power power) {
        this.power = power;
    }

    /** Begins a life of the module with nothing received. */
    void reset(long newLife) {
        life = newLife;
        discard();
    }

    long life() {
        return life;
    }

    /**
     * Reads one byte.
     *
     * @param timeoutMillis the longest wait, -1 for none
     * @return the byte, or {@link #TIMEOUT}
     * @throws EOFException if the line is closed
     */
    int read(long timeoutMillis) throws IOException {
        return await(timeoutMillis) ? buffer[position++] & 0xff : TIMEOUT;
    }

    /**
     * Reads what there is, at least one byte.
     *
     * @return how many bytes, or {@link #TIMEOUT}
     */
    int read(byte[] target, int offset, int length, long timeoutMillis) throws IOException {
        if (!await(timeoutMillis)) {
            return TIMEOUT;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    /** Takes back the last bytes that the last read gave out. */
    void unread(int count) {
        position -= count;
    }

    /** Says whether a byte can be read without touching the line. */
    boolean hasMore() {
        return position < limit;
    }

    /** Says whether a drop of DTR matters: only while the port carries data. A drop ends a read with nothing. */
    void watchDtr(boolean watch) {
        watchesDtr = watch;
        dtrDropped = false;
    }

    /** Says once that the host has dropped DTR; all that it sent before has been read. */
    boolean takeDtrDrop() {
        boolean dropped = dtrDropped && position == limit;
        dtrDropped &= !dropped;
        return dropped;
    }

    /** Forgets what has been received, as a module does that is deaf. */
    void discard() {
        position = 0;
        limit = 0;
    }

    private boolean await(long timeoutMillis) throws IOException {
        power.check(life);
        if (position < limit) {
            return true;
        }
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
        while (position == limit) {
            if (dtrDropped) {
                return false;
            }
            long left = timeoutMillis < 0 ? SLICE_MILLIS : (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            fill((int) Math.min(left, SLICE_MILLIS));
            power.check(life);
        }
        return true;
    }

    /**
     * Waits for a limited time for something to arrive, and {@link #give}s it or tells of a {@link #dtrDrop}.
     *
     * @throws EOFException if the line is closed
     */
    abstract void fill(int timeoutMillis) throws IOException;

    /** Gives out the first bytes of an array, which stays as it is until the next fill. */
    final void give(byte[] bytes, int count) {
        buffer = bytes;
        position = 0;
        limit = count;
    }

    /** The host has dropped DTR, behind all that was given out. */
    final void dtrDrop() {
        dtrDropped = watchesDtr;
    }
}
