package io.uartnio.socket.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Datagrams in the order in which they came, each with its peer, in a ring of bytes: one producer, one consumer, no
 * lock. The producer writes a datagram bit by bit and publishes it whole; one that does not fit is not taken.
 */
final class DatagramBuffer {

    /** The length, then the peer. */
    private static final int HEADER_BYTES = 12;

    private final byte[] ring;
    private final int mask;

    /** Bytes ever removed and ever published. Each is written by one side only. */
    private final AtomicLong head = new AtomicLong();

    private final AtomicLong tail = new AtomicLong();

    /** Datagrams ever removed and ever published, likewise. */
    private final AtomicLong removed = new AtomicLong();

    private final AtomicLong published = new AtomicLong();
    private final AtomicLong publishedBytes = new AtomicLong();
    private final AtomicLong removedBytes = new AtomicLong();

    // The producer's alone: the datagram in hand.
    private long pendingTail;
    private int pendingLength;

    /** Creates a buffer of this many bytes, a power of two; each datagram costs some more than its length. */
    DatagramBuffer(int ringBytes) {
        if (Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("ringBytes must be a power of two: ringBytes=" + ringBytes);
        }
        this.ring = new byte[ringBytes];
        this.mask = ringBytes - 1;
    }

    // ---- producer

    /** Begins a datagram; one that was begun and not ended is forgotten. Returns false if there is no room for it. */
    boolean begin(int lengthBytes, long peer) {
        if (!hasRoom(lengthBytes)) {
            return false;
        }
        pendingLength = lengthBytes;
        pendingTail = tail.get();
        putNumber(lengthBytes, 4);
        putNumber(peer, 8);
        return true;
    }

    private void putNumber(long number, int bytes) {
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
            ring[(int) pendingTail++ & mask] = (byte) (number >>> shift);
        }
    }

    /** Adds a piece of the datagram in hand. */
    void put(byte[] bytes, int offset, int length) {
        int from = (int) pendingTail & mask;
        int first = Math.min(length, ring.length - from);
        System.arraycopy(bytes, offset, ring, from, first);
        System.arraycopy(bytes, offset + first, ring, 0, length - first);
        pendingTail += length;
    }

    /** Adds all of a datagram that was begun with its length. */
    void put(ByteBuffer bytes) {
        int from = (int) pendingTail & mask;
        int length = bytes.remaining();
        int first = Math.min(length, ring.length - from);
        bytes.get(ring, from, first);
        bytes.get(ring, 0, length - first);
        pendingTail += length;
    }

    /** The datagram in hand is whole. */
    void end() {
        publishedBytes.lazySet(publishedBytes.get() + pendingLength);
        published.lazySet(published.get() + 1);
        tail.set(pendingTail);
    }

    /** Returns true if a datagram of this length would be taken. Any thread; only the producer can rely on it. */
    boolean hasRoom(int lengthBytes) {
        return ring.length - (tail.get() - head.get()) >= lengthBytes + HEADER_BYTES;
    }

    // ---- consumer

    boolean isEmpty() {
        return tail.get() == head.get();
    }

    /** Returns the peer of the oldest datagram; there must be one. */
    long peer() {
        return number(head.get() + 4, 8);
    }

    /** Returns the length of the oldest datagram in bytes; there must be one. */
    int length() {
        return (int) number(head.get(), 4);
    }

    private long number(long position, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | (ring[(int) (position + i) & mask] & 0xff);
        }
        return number;
    }

    /** Copies the oldest datagram, as far as there is room for it. */
    void peek(ByteBuffer target) {
        int length = Math.min(length(), target.remaining());
        int from = (int) (head.get() + HEADER_BYTES) & mask;
        int first = Math.min(length, ring.length - from);
        target.put(ring, from, first);
        target.put(ring, 0, length - first);
    }

    /** Removes the oldest datagram; there must be one. */
    void remove() {
        int length = length();
        removedBytes.lazySet(removedBytes.get() + length);
        removed.lazySet(removed.get() + 1);
        head.set(head.get() + HEADER_BYTES + length);
    }

    /** Removes all that have been published. */
    void clear() {
        while (!isEmpty()) {
            remove();
        }
    }

    // ---- any thread

    /** Returns how many datagrams wait. */
    int count() {
        return (int) Math.max(0, published.get() - removed.get());
    }

    /** Returns the bytes of the datagrams that wait. */
    long sizeBytes() {
        return Math.max(0, publishedBytes.get() - removedBytes.get());
    }

    /** Returns the bytes of all datagrams ever published. */
    long totalBytes() {
        return publishedBytes.get();
    }

    /** Returns the bytes of all datagrams ever removed. */
    long totalRemovedBytes() {
        return removedBytes.get();
    }
}
