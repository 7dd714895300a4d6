package io.uartnio.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The first thing that a client says to the demo's server. The conversation on each connection is:
 *
 * <ol>
 *   <li>client: this request, {@value #LENGTH} bytes, numbers in network order;
 *   <li>server: so many bytes of payload that nobody can guess, then their SHA-256;
 *   <li>client: so many bytes of its own;
 *   <li>server: the SHA-256 of what it has received;
 *   <li>client: closes.
 * </ol>
 *
 * So each direction is hashed by whoever receives it, and compared with the hash of whoever sent it.
 *
 * @param token known to this run of the demo only: a server that is open to the network serves nobody else
 * @param socket the number of the socket, from 0
 * @param bytes how much to send each way
 */
record DemoRequest(long token, int socket, long bytes) {

    static final int LENGTH = Long.BYTES + Integer.BYTES + Long.BYTES;
    static final int DIGEST_LENGTH = 32;
    static final String DIGEST = "SHA-256";

    ByteBuffer encode() {
        return ByteBuffer.allocate(LENGTH)
                .putLong(token)
                .putInt(socket)
                .putLong(bytes)
                .flip();
    }

    /** Reads a request and checks it against what this run may ask for. */
    static DemoRequest read(DataInputStream in, long token, int sockets, long maxBytes) throws IOException {
        DemoRequest request = new DemoRequest(in.readLong(), in.readInt(), in.readLong());
        if (request.token != token
                || request.socket < 0
                || request.socket >= sockets
                || request.bytes < 0
                || request.bytes > maxBytes) {
            throw new ProtocolException("request is not from this demo");
        }
        return request;
    }
}
