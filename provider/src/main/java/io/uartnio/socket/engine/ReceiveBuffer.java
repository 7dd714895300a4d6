package io.uartnio.socket.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.varhandle.SpscUnboundedVarHandleArrayQueue;

/**
 * What a socket has received and nobody has read: a ring of bytes, and behind it frames in the modem's reserve while
 * the ring is full. The reader thread writes a frame bit by bit and publishes it whole; one consumer reads. Neither
 * takes a lock or waits for the other.
 *
 * <p>Frames may be held back behind others that come later; the producer says when they are published.
 *
 * <p>Order: the producer goes back to the ring only when nothing is left in the overflow, so what is in the ring is
 * older than what is in the overflow. The consumer may therefore read the overflow if the ring was empty
 * <em>after</em> it saw the overflow filled.
 */
public final class ReceiveBuffer {

    private final byte[] ring;
    private final int mask;
    /** How full the ring may be before its producer is slowed down; any thread's to write. */
    private volatile int highWaterBytes;
    /** How full it may be for its producer to be asked for more, beside what a frame needs; no limit until set. */
    private volatile int askLimitBytes = Integer.MAX_VALUE;

    private final OverflowReserve reserve;
    private final Queue<byte[]> overflow = new SpscUnboundedVarHandleArrayQueue<>(16);

    /** Bytes ever read from, and published to, the ring. Each is written by one side only. */
    private final AtomicLong head = new AtomicLong();

    private final AtomicLong tail = new AtomicLong();
    /** Bytes published to the overflow and not read. */
    private final AtomicLong overflowBytes = new AtomicLong();
    /** Bytes that are held back, and bytes ever received that did not go into the ring; the producer's to write. */
    private final AtomicLong heldBytes = new AtomicLong();

    private final AtomicLong besideRing = new AtomicLong();
    /** Bytes taken from the reserve and not given back. */
    private final AtomicLong reservedBytes = new AtomicLong();

    private volatile boolean released;

    // The producer's alone: the frame in hand, and the frames held back.
    private long pendingTail;
    private byte[] pendingOverflow;
    private int pendingLength;
    private boolean pendingHeld;
    private boolean crowded;
    private final Queue<byte[]> held = new ArrayDeque<>();

    // The consumer's alone: the overflow frame in hand.
    private byte[] current;
    private int currentPosition;

    /** Creates a buffer whose ring has this many bytes, a power of two. */
    public ReceiveBuffer(int ringBytes, OverflowReserve reserve) {
        if (Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("ringBytes must be a power of two: ringBytes=" + ringBytes);
        }
        this.ring = new byte[ringBytes];
        this.mask = ringBytes - 1;
        this.highWaterBytes = highWaterBytes(ringBytes);
        this.reserve = reserve;
    }

    /** Returns how full a ring of so many bytes may be before its producer should be slowed down. */
    public static int highWaterBytes(int ringBytes) {
        return ringBytes - ringBytes / 4;
    }

    // ---- producer

    /**
     * Makes room for a frame; a frame that was begun and not ended is forgotten.
     *
     * @return false if neither ring nor reserve has room for it
     */
    public boolean begin(int lengthBytes) {
        forgetPending();
        int used = (int) (tail.get() - head.get());
        if (overflowBytes.get() == 0 && ring.length - used >= lengthBytes) {
            pendingTail = tail.get();
            crowded = used + lengthBytes > highWaterBytes;
            return true;
        }
        pendingHeld = false;
        return beginBesideRing(lengthBytes);
    }

    /**
     * Makes room for a frame that is to be held back until {@link #releaseHeld()}, as what comes before it has not all
     * been received.
     *
     * @return false if the reserve has no room for it
     */
    public boolean beginHeld(int lengthBytes) {
        forgetPending();
        pendingHeld = true;
        return beginBesideRing(lengthBytes);
    }

    private boolean beginBesideRing(int lengthBytes) {
        crowded = true;
        if (released || !reserve.tryTake(lengthBytes)) {
            return false;
        }
        reservedBytes.addAndGet(lengthBytes);
        if (released) {
            giveBack(Long.MAX_VALUE);
            return false;
        }
        pendingOverflow = new byte[lengthBytes];
        pendingLength = 0;
        return true;
    }

    /** Writes a piece of the frame in hand. */
    public void put(byte[] bytes, int offset, int length) {
        if (pendingOverflow != null) {
            System.arraycopy(bytes, offset, pendingOverflow, pendingLength, length);
            pendingLength += length;
            return;
        }
        int position = (int) pendingTail & mask;
        int untilEnd = ring.length - position;
        if (length <= untilEnd) {
            System.arraycopy(bytes, offset, ring, position, length);
        } else {
            System.arraycopy(bytes, offset, ring, position, untilEnd);
            System.arraycopy(bytes, offset + untilEnd, ring, 0, length - untilEnd);
        }
        pendingTail += length;
    }

    /** Publishes the frame in hand, or holds it back. */
    public void end() {
        if (pendingOverflow == null) {
            tail.lazySet(pendingTail);
            return;
        }
        besideRing.lazySet(besideRing.get() + pendingOverflow.length);
        if (pendingHeld) {
            held.add(pendingOverflow);
            heldBytes.set(heldBytes.get() + pendingOverflow.length);
        } else {
            publishOverflow(pendingOverflow);
        }
        pendingOverflow = null;
    }

    private void publishOverflow(byte[] frame) {
        overflow.add(frame);
        overflowBytes.addAndGet(frame.length);
    }

    /** Publishes what was held back; returns false if that was nothing. */
    public boolean releaseHeld() {
        boolean any = !held.isEmpty();
        for (byte[] frame = held.poll(); frame != null; frame = held.poll()) {
            publishOverflow(frame);
        }
        heldBytes.set(0);
        return any;
    }

    /**
     * Returns true if the frame that was begun last leaves the ring above its {@linkplain #highWaterBytes high-water
     * mark} or has no place in it.
     */
    public boolean isCrowded() {
        return crowded;
    }

    private void forgetPending() {
        if (pendingOverflow != null) {
            giveBack(pendingOverflow.length);
            pendingOverflow = null;
        }
    }

    // ---- consumer

    /** Moves bytes into the target; returns how many, 0 if there are none or there is no room. */
    public int read(ByteBuffer target) {
        int read = 0;
        while (target.hasRemaining()) {
            boolean overflowFilled = overflowBytes.get() > 0;
            int fromRing = readRing(target);
            if (fromRing == 0 && overflowFilled) {
                fromRing = readOverflow(target);
            }
            if (fromRing == 0) {
                break;
            }
            read += fromRing;
        }
        return read;
    }

    /** Forgets what the ring holds, without a copy of it; returns how many bytes that were. */
    public int skipRing() {
        long from = head.get();
        long to = tail.get();
        head.lazySet(to);
        return (int) (to - from);
    }

    private int readRing(ByteBuffer target) {
        long from = head.get();
        int length = (int) Math.min(tail.get() - from, target.remaining());
        if (length == 0) {
            return 0;
        }
        int position = (int) from & mask;
        int untilEnd = Math.min(length, ring.length - position);
        target.put(ring, position, untilEnd);
        target.put(ring, 0, length - untilEnd);
        head.lazySet(from + length);
        return length;
    }

    private int readOverflow(ByteBuffer target) {
        if (current == null) {
            current = overflow.poll();
            currentPosition = 0;
        }
        int length = Math.min(current.length - currentPosition, target.remaining());
        target.put(current, currentPosition, length);
        currentPosition += length;
        if (currentPosition == current.length) {
            giveBack(current.length);
            current = null;
        }
        // Last: the producer may return to the ring as soon as this is 0.
        overflowBytes.addAndGet(-length);
        return length;
    }

    // ---- any thread

    /**
     * Sets how much may wait before the producer is slowed down, or asked for no more.
     *
     * @param bytes 1 to the size of the ring
     */
    public void setHighWaterBytes(int bytes) {
        highWaterBytes = bytes;
        askLimitBytes = bytes;
    }

    /** Returns true if more waits than may before the producer is slowed down. */
    public boolean isAboveHighWater() {
        return sizeBytes() > highWaterBytes;
    }

    /** Returns how little has to wait for a producer that was slowed down to be let go. */
    public int lowWaterBytes() {
        return Math.min(ring.length / 4, highWaterBytes / 2);
    }

    /** Returns true if so little waits that a producer that was slowed down may be let go. */
    public boolean isBelowLowWater() {
        return sizeBytes() <= lowWaterBytes();
    }

    /** Returns how much may wait for a producer that is asked for more, which comes in frames of so many bytes. */
    public int askBelowBytes(int frameBytes) {
        return Math.min(ring.length - Math.min(frameBytes, ring.length / 2), askLimitBytes);
    }

    /** Returns true if nothing is published that has not been read. */
    public boolean isEmpty() {
        return tail.get() == head.get() && overflowBytes.get() == 0;
    }

    /** Returns how many bytes have ever come in whole frames, those that are held back included. */
    public long arrivedBytes() {
        return tail.get() + besideRing.get();
    }

    /** Returns how many bytes are held back. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** Returns how many bytes are published and not read. */
    public long sizeBytes() {
        return tail.get() - head.get() + overflowBytes.get();
    }

    /** Returns what the socket holds of the reserve, when nobody will read any more. */
    public void release() {
        released = true;
        giveBack(Long.MAX_VALUE);
    }

    /** Consumer, producer and {@link #release()} may meet here: nothing is given back twice. */
    private void giveBack(long bytes) {
        for (; ; ) {
            long held = reservedBytes.get();
            long given = Math.min(bytes, held);
            if (reservedBytes.compareAndSet(held, held - given)) {
                reserve.giveBack(given);
                return;
            }
        }
    }
}
