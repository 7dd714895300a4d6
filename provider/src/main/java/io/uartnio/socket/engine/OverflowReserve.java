package io.uartnio.socket.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that a modem's sockets may hold beyond their receive rings, all together. A module goes on pushing for as long
 * as the command that would stop it has to wait, and what arrives meanwhile must go somewhere; bounded, so that a slow
 * reader costs itself and not the heap. Safe for any thread.
 */
public final class OverflowReserve {

    private final long sizeBytes;
    private final AtomicLong freeBytes;

    /** Creates a reserve of this many bytes. */
    public OverflowReserve(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        this.freeBytes = new AtomicLong(sizeBytes);
    }

    /** Takes bytes if there are that many; returns false, taking none, if not. */
    boolean tryTake(long bytes) {
        for (; ; ) {
            long free = freeBytes.get();
            if (free < bytes) {
                return false;
            }
            if (freeBytes.compareAndSet(free, free - bytes)) {
                return true;
            }
        }
    }

    void giveBack(long bytes) {
        freeBytes.addAndGet(bytes);
    }

    /** Returns the size of the reserve in bytes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Returns how many bytes are free. */
    public long freeBytes() {
        return freeBytes.get();
    }
}
