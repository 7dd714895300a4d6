package io.uartnio.benchmarks;

import io.uartnio.frame.FrameHandler;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.socket.engine.OverflowReserve;
import io.uartnio.socket.engine.ReceiveBuffer;

/**
 * Copies payload into the shipped receive rings, one a socket, as the engine does, and counts the rest. Whoever feeds
 * the demultiplexer calls {@link #drain()} behind each piece: the rings that got a frame are emptied without a copy, so
 * that what is measured is the way into them. One thread.
 */
public final class RingHandler implements FrameHandler {

    private final ReceiveBuffer[] rings;
    private ReceiveBuffer framed;
    private int framedBit;
    private int filled;

    private long lines;
    private long frames;
    private long drainedBytes;

    /** Creates one ring for each socket. */
    public RingHandler(int sockets) {
        OverflowReserve none = new OverflowReserve(0);
        rings = new ReceiveBuffer[sockets];
        for (int i = 0; i < sockets; i++) {
            rings[i] = new ReceiveBuffer(Workload.RING_BYTES, none);
        }
    }

    /** Empties the rings that frames have come to since the last call. */
    public void drain() {
        int rest = filled;
        filled = 0;
        while (rest != 0) {
            drainedBytes += rings[Integer.numberOfTrailingZeros(rest)].skipRing();
            rest &= rest - 1;
        }
    }

    /** Returns the number of frames that ended. */
    public long frames() {
        return frames;
    }

    /** Returns the number of lines that announced nothing. */
    public long lines() {
        return lines;
    }

    /** Returns the number of bytes that came out of the rings. */
    public long drainedBytes() {
        return drainedBytes;
    }

    @Override
    public void onLine(byte[] line, int offset, int length) {
        lines++;
    }

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        ReceiveBuffer ring = rings[index];
        if (!ring.begin(lengthBytes)) {
            throw new IllegalStateException("ring is full: index=" + index);
        }
        framed = ring;
        framedBit = 1 << index;
        return true;
    }

    @Override
    public void onPayload(byte[] payload, int offset, int length) {
        framed.put(payload, offset, length);
    }

    @Override
    public void onFrameEnd() {
        framed.end();
        filled |= framedBit;
        frames++;
    }

    @Override
    public void onPrompt() {
        throw unexpected("a prompt");
    }

    @Override
    public boolean onRead(int lengthBytes) {
        throw unexpected("the reply to a read");
    }

    @Override
    public void onReadPayload(byte[] payload, int offset, int length) {
        throw unexpected("payload of a read");
    }

    @Override
    public void onReadEnd() {
        throw unexpected("the end of a read");
    }

    @Override
    public void onDoubt(FramingDoubt doubt) {
        throw unexpected(doubt.text());
    }

    private static IllegalStateException unexpected(String what) {
        return new IllegalStateException("the stream holds what it should not: found=" + what);
    }
}
