package io.uartnio.tls;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes records of what a socket receives, for the engine on top: first the channel's answer, then a record for each
 * piece of payload, and at the end of the stream the peer's goodbye. Payload is read straight into the caller's buffer,
 * behind the place of the header, which is written when the length is known. Threads: {@link #read} is the reader's,
 * one at a time; the rest is any thread's.
 */
final class RecordFramer {

    /** For buffers too small for a header and a byte; what is read meanwhile waits here. */
    private static final int ASIDE_BYTES = 512;

    private final ModuleSocket socket;

    // The reader's alone.
    private ByteBuffer waiting;
    private ByteBuffer aside;

    /** How much of {@link #waiting} is left; goes before everything else. */
    private volatile int waitingBytes;

    /** The peer's goodbye has been made. */
    private volatile boolean ended;

    /**
     * Begins to make records.
     *
     * @param answer the record that comes before all others
     */
    RecordFramer(ModuleSocket socket, byte[] answer) {
        this.socket = socket;
        this.waiting = ByteBuffer.wrap(answer);
        this.waitingBytes = answer.length;
    }

    /** As {@link ModuleSocket#read}, with records. The socket is open, and its input is not shut down. */
    int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (waitingBytes > 0) {
            return handOut(target);
        }
        if (ended) {
            return -1;
        }
        int count = target.remaining() > PseudoRecord.HEADER_BYTES ? readRecord(target) : readAside(target);
        if (count < 0) {
            ended = true;
            letWait(ByteBuffer.wrap(PseudoRecord.alert(PseudoRecord.WARNING, PseudoRecord.CLOSE_NOTIFY)));
            return handOut(target);
        }
        return count;
    }

    private int handOut(ByteBuffer target) {
        int count = Math.min(target.remaining(), waiting.remaining());
        int limit = waiting.limit();
        waiting.limit(waiting.position() + count);
        target.put(waiting);
        waiting.limit(limit);
        waitingBytes = waiting.remaining();
        return count;
    }

    private void letWait(ByteBuffer record) {
        waiting = record;
        waitingBytes = record.remaining();
    }

    private int readRecord(ByteBuffer target) throws IOException {
        int start = target.position();
        int limit = target.limit();
        int payloadStart = start + PseudoRecord.HEADER_BYTES;
        int count = 0;
        try {
            target.limit(Math.min(limit, payloadStart + PseudoRecord.MAX_PAYLOAD_BYTES));
            target.position(payloadStart);
            count = socket.read(target);
        } finally {
            target.limit(limit);
            target.position(start);
        }
        if (count <= 0) {
            return count;
        }
        PseudoRecord.putHeader(target, PseudoRecord.APPLICATION_DATA, count);
        target.position(payloadStart + count);
        return PseudoRecord.HEADER_BYTES + count;
    }

    private int readAside(ByteBuffer target) throws IOException {
        if (aside == null) {
            aside = ByteBuffer.allocate(ASIDE_BYTES);
        }
        aside.clear();
        int count = readRecord(aside);
        if (count <= 0) {
            return count;
        }
        letWait(aside.flip());
        return handOut(target);
    }

    /** As {@link ModuleSocket#bytesReadable}, with the header. */
    int bytesReadable() {
        int bytes = waitingBytes;
        if (bytes > 0) {
            return bytes;
        }
        int payload = socket.bytesReadable();
        return payload == 0 ? 0 : PseudoRecord.HEADER_BYTES + Math.min(payload, PseudoRecord.MAX_PAYLOAD_BYTES);
    }

    /** Returns true if the peer's goodbye has been made and read. */
    boolean isAtEnd() {
        return ended && waitingBytes == 0;
    }

    /** Returns true if there is something to read that the socket itself does not know of. */
    boolean hasWaiting() {
        return waitingBytes > 0;
    }
}
