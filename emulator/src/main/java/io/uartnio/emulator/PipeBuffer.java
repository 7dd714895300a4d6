package io.uartnio.emulator;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * One direction of a {@link MemoryLine}: a bounded store of bytes between one writer and one reader, and the lock under
 * which everything that concerns this direction changes. Who waits is woken only if he does, and a full store wakes its
 * writer when a quarter is free, so that two busy threads hardly ever meet.
 */
final class PipeBuffer {

    static final int CAPACITY = 64 * 1024;

    /** What becomes of bytes that are written. */
    enum Gate {
        /** They go in as far as there is room; the rest waits. */
        HOLDS,
        /** They go in as far as there is room; the rest is lost. */
        LOSES,
        /** They wait. */
        SHUT,
        /** They are lost. */
        VOID,
        /** The write has failed. */
        ENDED
    }

    /** Says, under the lock, what becomes of bytes now. */
    interface Gatekeeper {
        Gate now();
    }

    final ReentrantLock lock = new ReentrantLock();
    private final Condition mayRead = lock.newCondition();
    private final Condition mayWrite = lock.newCondition();
    private final Condition moved = lock.newCondition();
    private final Gatekeeper gatekeeper;
    final byte[] bytes = new byte[CAPACITY];
    private int head;
    private int size;
    private long written;
    private long taken;
    private boolean paused;
    /** Raised when the last room is taken, lowered when a quarter is free again. */
    private boolean full;

    private boolean readerWaits;

    PipeBuffer(Gatekeeper gatekeeper) {
        this.gatekeeper = gatekeeper;
    }

    /**
     * Puts bytes in, waiting as the gate says.
     *
     * @return how many were lost, or -1 if the writer's end was closed before the last one
     */
    int write(byte[] source, int offset, int length) {
        int done = 0;
        lock.lock();
        try {
            while (done < length) {
                Gate gate = gatekeeper.now();
                if (gate == Gate.ENDED) {
                    return -1;
                }
                if (gate == Gate.VOID) {
                    return length - done;
                }
                if (gate != Gate.SHUT && !(gate == Gate.HOLDS && full)) {
                    done += put(source, offset + done, length - done);
                }
                if (done < length) {
                    if (gate == Gate.LOSES) {
                        return length - done;
                    }
                    mayWrite.awaitUninterruptibly();
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private int put(byte[] source, int offset, int length) {
        int count = Math.min(length, CAPACITY - size);
        int tail = (head + size) % CAPACITY;
        int first = Math.min(count, CAPACITY - tail);
        System.arraycopy(source, offset, bytes, tail, first);
        System.arraycopy(source, offset + first, bytes, 0, count - first);
        size += count;
        written += count;
        full |= size == CAPACITY;
        if (readerWaits && count > 0) {
            readerWaits = false;
            mayRead.signal();
        }
        return count;
    }

    /**
     * Waits, with the lock held, until there are bytes or the condition holds.
     *
     * @param timeoutMillis the longest wait, -1 for none
     */
    void awaitBytes(BooleanSupplier otherwise, long timeoutMillis) {
        try {
            long remaining = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while ((size == 0 || paused) && !otherwise.getAsBoolean() && (timeoutMillis < 0 || remaining > 0)) {
                readerWaits = true;
                if (timeoutMillis < 0) {
                    mayRead.awaitUninterruptibly();
                } else {
                    remaining = mayRead.awaitNanos(remaining);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            readerWaits = false;
        }
    }

    /** Wakes everybody who waits, to look again; the caller holds the lock. */
    void wake() {
        mayRead.signalAll();
        mayWrite.signalAll();
        moved.signalAll();
    }

    /** Lets bytes wait in the store as if there were none, or no longer; the caller holds the lock. */
    void pause(boolean pause) {
        paused = pause;
        wake();
    }

    int size() {
        return size;
    }

    /** Says whether the far end asks for a pause; the caller holds the lock. */
    boolean isFull() {
        return full;
    }

    /** Returns where the oldest byte is in {@link #bytes}; the caller holds the lock. */
    int head() {
        return head;
    }

    /** Returns how many bytes follow each other in {@link #bytes} from {@link #head}; the caller holds the lock. */
    int run() {
        return Math.min(size, CAPACITY - head);
    }

    /** Gives the room of the oldest bytes to the writer; the caller holds the lock. */
    void release(int count) {
        head = (head + count) % CAPACITY;
        size -= count;
        taken += count;
        if (full && CAPACITY - size >= CAPACITY / 4) {
            full = false;
            mayWrite.signal();
        }
    }

    /** Forgets what is in it; the caller holds the lock. */
    void clear() {
        release(size);
    }

    /** Returns how many bytes have ever been put in; the caller holds the lock. */
    long written() {
        return written;
    }

    /** Returns how many bytes have ever been taken out; the caller holds the lock. */
    long taken() {
        return taken;
    }

    /** Waits, with the lock held, for {@link #wake} until the condition holds; returns whether it does. */
    boolean await(BooleanSupplier condition, long timeoutMillis) {
        try {
            long remaining = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (!condition.getAsBoolean() && remaining > 0) {
                remaining = moved.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return condition.getAsBoolean();
    }
}
