package io.uartnio.emulator;

import java.nio.ByteBuffer;

/** A bounded first-in first-out store of bytes. Not thread-safe: guarded by its owner's lock. */
final class ByteRing {

    private final byte[] bytes;
    private int head;
    private int size;

    ByteRing(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    int free() {
        return bytes.length - size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void put(byte[] source, int offset, int length) {
        if (length > free()) {
            throw new IllegalStateException("ring is full: free=" + free() + ", length=" + length);
        }
        int tail = (head + size) % bytes.length;
        int first = Math.min(length, bytes.length - tail);
        System.arraycopy(source, offset, bytes, tail, first);
        System.arraycopy(source, offset + first, bytes, 0, length - first);
        size += length;
    }

    /** Takes all that remains in the buffer; there must be room for it. */
    void put(ByteBuffer source) {
        int length = source.remaining();
        if (length > free()) {
            throw new IllegalStateException("ring is full: free=" + free() + ", length=" + length);
        }
        int tail = (head + size) % bytes.length;
        int first = Math.min(length, bytes.length - tail);
        source.get(bytes, tail, first);
        source.get(bytes, 0, length - first);
        size += length;
    }

    /** Copies the oldest bytes and leaves them in place; returns how many, at most {@code length}. */
    int peek(byte[] target, int offset, int length) {
        int count = Math.min(length, size);
        int first = Math.min(count, bytes.length - head);
        System.arraycopy(bytes, head, target, offset, first);
        System.arraycopy(bytes, 0, target, offset + first, count - first);
        return count;
    }

    int get(byte[] target, int offset, int length) {
        int count = peek(target, offset, length);
        skip(count);
        return count;
    }

    void skip(int count) {
        head = (head + count) % bytes.length;
        size -= count;
    }

    void clear() {
        head = 0;
        size = 0;
    }
}
