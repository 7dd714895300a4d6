package io.uartnio.emulator;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A socket's connection to its peer, in clear or by TLS, never waiting. Used by the network thread only. */
interface Wire {

    /**
     * Goes on with the handshake.
     *
     * @return true once data may pass
     */
    boolean handshake() throws IOException;

    /**
     * Puts what has come from the peer into a buffer that has room for at least
     * {@link NetworkLoop#LEAST_ROOM_BYTES}.
     *
     * @return how many bytes, 0 if there are none now, -1 at the end
     */
    int receive(ByteBuffer target) throws IOException;

    /**
     * Takes bytes for the peer; called only after {@link #flush} has said true.
     *
     * @return how many bytes were taken
     */
    int send(ByteBuffer source) throws IOException;

    /**
     * Passes on what was taken before.
     *
     * @return true if none of it is left
     */
    boolean flush() throws IOException;

    /** Says goodbye if the protocol has a word for it; {@link #flush} passes it on. */
    void closeOutput() throws IOException;
}
