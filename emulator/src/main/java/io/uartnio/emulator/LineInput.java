package io.uartnio.emulator;

import java.io.EOFException;
import java.io.IOException;

/**
 * The module's receiver: what the host sent, at the pace of the line, for the command thread alone. What is not read
 * waits in the line, which with flow control stops the host when it is full.
 */
final class LineInput {

    /** Returned by the reads when nothing came in time. */
    static final int TIMEOUT = -2;

    private static final int SLICE_MILLIS = 50;

    /** A read that took longer than this had to wait, so the line was idle before what it brought. */
    private static final long WAITED_NANOS = 200_000;

    private final Line line;
    private final EmulatorCounters counters;
    private final LineRate rate;
    private final Power power;
    private final LinePacer pacer;
    /** What has left the host and not yet crossed the line. */
    private final byte[] staged = new byte[4096];

    private final byte[] run = new byte[staged.length];
    private byte[] buffer = run;
    private int stagedPosition;
    private int stagedLimit;
    private boolean watchesDtr;
    private boolean dtrDropped;
    private int position;
    private int limit;
    private long life;

    LineInput(Line line, EmulatorCounters counters, LineRate rate, Power power) {
        this.line = line;
        this.counters = counters;
        this.rate = rate;
        this.power = power;
        this.pacer = new LinePacer(rate.paced(), power::isEnded);
    }

    /** Begins a life of the module with nothing received. */
    void reset(long newLife) {
        life = newLife;
        discard();
    }

    /** Returns when the last run of what the host sent had crossed the line, or will have. Any thread. */
    long crossedAtNanos() {
        return pacer.freeAtNanos();
    }

    void setPace(int baudRate) {
        pacer.setBaudRate(baudRate);
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
        line.crossed(stagedLimit - stagedPosition);
        position = 0;
        limit = 0;
        stagedPosition = 0;
        stagedLimit = 0;
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

    /** Lets the next run cross the line; waits for the host first if it has sent nothing. */
    private void fill(int timeoutMillis) throws IOException {
        power.awaitThaw(life);
        if (stagedPosition == stagedLimit && !stage(timeoutMillis)) {
            return;
        }
        int count = Math.min(stagedLimit - stagedPosition, pacer.runBytes());
        pacer.pass(count);
        power.awaitThaw(life);
        byte[] passed = staged;
        if (stagedPosition > 0 || count < stagedLimit) {
            System.arraycopy(staged, stagedPosition, run, 0, count);
            passed = run;
        }
        stagedPosition += count;
        line.crossed(count);
        counters.readFromLine(count);
        buffer = rate.throughLine(passed, count);
        position = 0;
        limit = count;
    }

    private boolean stage(int timeoutMillis) throws IOException {
        long start = System.nanoTime();
        if (line.takeDtrDrop()) {
            dtrDropped = watchesDtr;
            return false;
        }
        int count = line.read(staged, 0, staged.length, timeoutMillis);
        if (count < 0) {
            throw new EOFException("the line is closed");
        }
        if (System.nanoTime() - start > WAITED_NANOS) {
            pacer.idle();
        }
        stagedPosition = 0;
        stagedLimit = count;
        return count > 0;
    }
}
