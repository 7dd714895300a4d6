package io.uartnio.tls;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the engine's records apart and gives a socket what is in them. The engine's goodbye ends here: a module says its
 * own when the socket is closed. Anything but the records of an engine is refused, for good, before a byte of it has
 * been sent: whoever writes past the engine has lost the place, and what would follow was not meant for the peer. Used
 * by one writer at a time, but for {@link #bytesTaken()}.
 */
final class RecordStripper {

    /** By which a socket says what it has against a write. */
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final ModuleSocket socket;
    private final byte[] header = new byte[PseudoRecord.HEADER_BYTES];
    private int headerBytes;
    private int payloadLeft;

    /** The engine has said goodbye. */
    private boolean ended;

    /** What was written that is no record, in words; null as long as all is well. */
    private String refused;

    private final TakenRecords taken;

    /**
     * Creates a stripper.
     *
     * @param helloBytes what has been written before the first record, and has not been sent
     */
    RecordStripper(ModuleSocket socket, int helloBytes) {
        this.socket = socket;
        this.taken = new TakenRecords(socket, helloBytes);
    }

    /** As {@link ModuleSocket#bytesTaken}, of records. Any thread. */
    long bytesTaken() {
        return taken.bytesTaken();
    }

    /**
     * As {@link ModuleSocket#write}, of records.
     *
     * @throws IOException also if something else is written
     */
    int write(ByteBuffer source) throws IOException {
        socket.write(NOTHING);
        if (!socket.isWritable()) {
            return 0;
        }
        int start = source.position();
        boolean moved = true;
        while (moved && source.hasRemaining()) {
            moved = headerBytes < header.length ? takeHeader(source) : takePayload(source);
        }
        return source.position() - start;
    }

    private boolean takeHeader(ByteBuffer source) throws IOException {
        int count = Math.min(source.remaining(), header.length - headerBytes);
        source.get(header, headerBytes, count);
        headerBytes += count;
        if (headerBytes == header.length) {
            checkHeader();
            ended = PseudoRecord.type(header) == PseudoRecord.ALERT;
            taken.onNotSent(header.length);
            payloadLeft = PseudoRecord.payloadBytes(header);
            endRecordIfWhole();
        }
        return true;
    }

    private void checkHeader() throws IOException {
        if (refused == null) {
            boolean known = PseudoRecord.isHeader(header) && PseudoRecord.type(header) != PseudoRecord.HANDSHAKE;
            if (!known || ended) {
                refused = PseudoRecord.describe(header) + ", ended=" + ended;
            }
        }
        if (refused != null) {
            headerBytes = 0;
            throw new IOException("written past the TLS engine of this channel: " + refused);
        }
    }

    /** Returns false if the socket has taken less than there is. */
    private boolean takePayload(ByteBuffer source) throws IOException {
        int wanted = Math.min(source.remaining(), payloadLeft);
        int moved = wanted;
        if (ended) {
            source.position(source.position() + wanted);
            taken.onNotSent(wanted);
        } else {
            moved = send(source, wanted);
            taken.onSent(moved);
        }
        payloadLeft -= moved;
        endRecordIfWhole();
        return moved == wanted;
    }

    private int send(ByteBuffer source, int wanted) throws IOException {
        int limit = source.limit();
        source.limit(source.position() + wanted);
        try {
            return socket.write(source);
        } finally {
            source.limit(limit);
        }
    }

    private void endRecordIfWhole() {
        if (payloadLeft == 0) {
            headerBytes = 0;
        }
    }
}
