package io.uartnio.socket.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an application has written and the module has not taken: a ring of bytes between one writer and the lane
 * thread, which looks at the bytes first and removes them when the module has said that it has them.
 */
public final class SendBuffer {

    private final byte[] ring;
    private final int mask;
    /** Bytes ever taken by the module, and ever written. Each is written by one side only. */
    private final AtomicLong head = new AtomicLong();

    private final AtomicLong tail = new AtomicLong();
    /** Bytes ever removed, which those forgotten are not; written by the lane only. */
    private final AtomicLong removed = new AtomicLong();

    /** Creates a ring of this many bytes, a power of two. */
    public SendBuffer(int ringBytes) {
        if (Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("ringBytes must be a power of two: ringBytes=" + ringBytes);
        }
        this.ring = new byte[ringBytes];
        this.mask = ringBytes - 1;
    }

    /** Takes as many bytes as fit; returns how many. Writer. */
    public int write(ByteBuffer source) {
        long to = tail.get();
        int length = Math.min(ring.length - (int) (to - head.get()), source.remaining());
        int position = (int) to & mask;
        int untilEnd = Math.min(length, ring.length - position);
        source.get(ring, position, untilEnd);
        source.get(ring, 0, length - untilEnd);
        // A full fence, as the writer then looks whether the lane has to be told.
        tail.set(to + length);
        return length;
    }

    /** Copies the oldest bytes, at most as many as the array holds; returns how many. Lane thread. */
    public int peek(byte[] target) {
        long from = head.get();
        int length = (int) Math.min(tail.get() - from, target.length);
        int position = (int) from & mask;
        int untilEnd = Math.min(length, ring.length - position);
        System.arraycopy(ring, position, target, 0, untilEnd);
        System.arraycopy(ring, 0, target, untilEnd, length - untilEnd);
        return length;
    }

    /** Removes the oldest bytes. Lane thread. */
    public void remove(int length) {
        head.lazySet(head.get() + length);
        removed.lazySet(removed.get() + length);
    }

    /** Returns how many bytes were ever removed. Any thread. */
    public long totalRemovedBytes() {
        return removed.get();
    }

    /** Forgets all bytes. Lane thread. */
    public void clear() {
        head.lazySet(tail.get());
    }

    /** Returns the number of bytes held. Any thread. */
    public int size() {
        return (int) (tail.get() - head.get());
    }

    /** Returns true if {@link #write} would take a byte. Any thread. */
    public boolean hasRoom() {
        return size() < ring.length;
    }
}
