package io.uartnio.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * What a client of the measurement asks of the far end, as often as it likes on one connection. Of a download the far
 * end then sends the bytes, as soon as all of the group have asked. Of an upload it takes
 * the bytes and answers with what its {@link FairWindow} of the group has by then: this socket's bytes, the bytes of the
 * first arrival, and the time from that to the last, three longs.
 *
 * @param token of this run: strangers do not know it
 * @param group those sockets that are measured together
 * @param groupSize how many they are
 * @param socket which of them this is, from 0
 * @param direction of the payload
 * @param bytes how much
 * @param writeBytes how much the far end writes at a time
 */
record BenchRequest(
        long token, long group, int groupSize, int socket, Direction direction, long bytes, int writeBytes) {

    /** Of an encoded request. */
    static final int LENGTH = 3 * Long.BYTES + 4 * Integer.BYTES;

    /** Of the answer to an upload. */
    static final int ANSWER_LENGTH = 3 * Long.BYTES;

    private static final int MAX_SOCKETS = 1024;
    private static final int MAX_WRITE_BYTES = 1 << 20;

    ByteBuffer encode() {
        return ByteBuffer.allocate(LENGTH)
                .putLong(token)
                .putLong(group)
                .putInt(groupSize)
                .putInt(socket)
                .putInt(direction == Direction.DOWN ? 0 : 1)
                .putLong(bytes)
                .putInt(writeBytes)
                .flip();
    }

    /** Reads a request whose first byte has come already, and checks it. */
    static BenchRequest read(int firstByte, DataInputStream in, long token) throws IOException {
        byte[] encoded = new byte[LENGTH];
        encoded[0] = (byte) firstByte;
        in.readFully(encoded, 1, LENGTH - 1);
        ByteBuffer fields = ByteBuffer.wrap(encoded);
        long sent = fields.getLong();
        long group = fields.getLong();
        int groupSize = fields.getInt();
        int socket = fields.getInt();
        int direction = fields.getInt();
        long bytes = fields.getLong();
        int writeBytes = fields.getInt();
        if (sent != token
                || groupSize < 1
                || groupSize > MAX_SOCKETS
                || socket < 0
                || socket >= groupSize
                || direction < 0
                || direction > 1
                || bytes < 1
                || writeBytes < 1
                || writeBytes > MAX_WRITE_BYTES) {
            throw new ProtocolException("request is not from this measurement");
        }
        return new BenchRequest(
                sent, group, groupSize, socket, direction == 0 ? Direction.DOWN : Direction.UP, bytes, writeBytes);
    }
}
