package io.uartnio.emulator;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * What the host sends over one channel of the multiplexer. Filled by the thread that reads the line, read by the channel's
 * command thread. When it is half full the host is asked by MSC to hold the channel; a host that does not, or sends too
 * much before it does, is held with the whole line.
 */
final class ChannelInput extends PortInput {

    private static final int CAPACITY = 128 * 1024;
    private static final int HIGH_WATER_BYTES = CAPACITY / 2;
    private static final int LOW_WATER_BYTES = CAPACITY / 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteRing ring = new ByteRing(CAPACITY);
    private final byte[] given = new byte[4096];
    private final BiConsumer<ChannelInput, Boolean> hold;
    private boolean holding;
    private boolean ended;
    private long written;
    private long taken;
    /** Where DTR was dropped, -1 if every drop is known. */
    private long dtrDropAt = -1;

    /** @param hold is told by this input when the host must hold the channel and when not any more */
    ChannelInput(Power power, BiConsumer<ChannelInput, Boolean> hold) {
        super(power);
        this.hold = hold;
    }

    /** Adds what the host has sent, waiting for room. */
    void put(byte[] bytes, int offset, int length) {
        boolean nowHolding = false;
        lock.lock();
        try {
            int done = 0;
            while (done < length && !ended) {
                int count = Math.min(length - done, ring.free());
                ring.put(bytes, offset + done, count);
                done += count;
                written += count;
                changed.signalAll();
                if (done < length) {
                    changed.awaitUninterruptibly();
                }
            }
            if (!holding && ring.size() >= HIGH_WATER_BYTES) {
                holding = true;
                nowHolding = true;
            }
        } finally {
            lock.unlock();
        }
        if (nowHolding) {
            hold.accept(this, true);
        }
    }

    /** DTR of the channel has fallen; the command thread learns of it behind what it has not yet read. */
    void dropDtr() {
        lock.lock();
        try {
            if (dtrDropAt < 0) {
                dtrDropAt = written;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The channel is closed: what it has brought is still read. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void fill(int timeoutMillis) throws IOException {
        boolean noLongerHolding = false;
        lock.lock();
        try {
            awaitSomething(timeoutMillis);
            if (dtrDropAt >= 0 && dtrDropAt == taken) {
                dtrDropAt = -1;
                dtrDrop();
                return;
            }
            if (ended && ring.isEmpty()) {
                throw new EOFException("the channel is closed");
            }
            int most = dtrDropAt < 0 ? given.length : (int) Math.min(given.length, dtrDropAt - taken);
            int count = ring.get(given, 0, most);
            taken += count;
            give(given, count);
            changed.signalAll();
            if (holding && ring.size() <= LOW_WATER_BYTES) {
                holding = false;
                noLongerHolding = true;
            }
        } finally {
            lock.unlock();
        }
        if (noLongerHolding) {
            hold.accept(this, false);
        }
    }

    private void awaitSomething(int timeoutMillis) {
        try {
            long remaining = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (ring.isEmpty() && dtrDropAt < 0 && !ended && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
