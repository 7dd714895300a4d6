package io.uartnio.emulator;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Keeps one direction of the line at the pace of its rate: 8N1 takes ten bit times a byte. It reckons when each run of
 * bytes would have left the wire and parks until then; an overlong park is made up by the next run, so the rate is
 * exact over time and no processor spins. Used by one thread at a time.
 */
final class LinePacer {

    /** A run is what crosses the wire in about this time: often enough for latency, seldom enough for the processor. */
    private static final int RUNS_PER_SECOND = 1000;

    /** How far the line may be behind its time and still catch up, as bytes that waited in a FIFO would. */
    private static final long LONGEST_CATCH_UP_NANOS = 100_000_000L;

    /** Threads that have to be woken between a command and its answer take less than this, mostly. */
    private static final long LONGEST_WAKE_NANOS = 1_000_000L;

    private final BooleanSupplier ended;
    private volatile int baudRate;
    private volatile long freeAtNanos = System.nanoTime();

    LinePacer(int baudRate, BooleanSupplier ended) {
        this.baudRate = baudRate;
        this.ended = ended;
    }

    boolean isPaced() {
        return baudRate > 0;
    }

    /** Sets the rate of the runs to come; 0 lifts the limit. */
    void setBaudRate(int rate) {
        baudRate = rate;
    }

    /** Returns how many bytes make one run. */
    int runBytes() {
        int rate = baudRate;
        return rate == 0 ? Integer.MAX_VALUE : Math.max(1, rate / 10 / RUNS_PER_SECOND);
    }

    /** The line has been idle: the next run starts now, and no earlier time is made up. */
    void idle() {
        freeAtNanos = System.nanoTime();
    }

    /**
     * The line has been idle until something happened that the next run answers: it starts then, as it would behind a
     * UART that no thread has to be woken for, unless that is so long ago that the module itself took its time.
     *
     * @param causeNanos when it happened
     */
    void idleUntil(long causeNanos) {
        long now = System.nanoTime();
        boolean recent = now - causeNanos >= 0 && now - causeNanos < LONGEST_WAKE_NANOS;
        long start = recent ? causeNanos : now;
        freeAtNanos = start - freeAtNanos > 0 ? start : freeAtNanos;
    }

    /** Returns when the last run has crossed or will have, as {@link System#nanoTime}. Any thread. */
    long freeAtNanos() {
        return freeAtNanos;
    }

    /** Waits until {@code bytes} that start when the line is free would have crossed it. */
    void pass(int bytes) {
        int rate = baudRate;
        if (rate == 0) {
            return;
        }
        long now = System.nanoTime();
        long start = now - freeAtNanos > LONGEST_CATCH_UP_NANOS ? now - LONGEST_CATCH_UP_NANOS : freeAtNanos;
        freeAtNanos = start + bytes * 10_000_000_000L / rate;
        long wait = freeAtNanos - now;
        while (wait > 0 && !ended.getAsBoolean()) {
            LockSupport.parkNanos(this, wait);
            wait = freeAtNanos - System.nanoTime();
        }
    }
}
