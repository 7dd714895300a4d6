package io.uartnio.contract;

import java.io.IOException;
import java.net.Socket;
import javax.net.SocketFactory;

/** An implementation of {@link Socket}, and a world for it to connect to; made for one test. */
public interface SocketStack extends World {

    /** Makes a stack. */
    @FunctionalInterface
    interface Factory {
        /** Makes a stack for one test. */
        SocketStack create() throws IOException;
    }

    /** Returns what makes the sockets. */
    SocketFactory factory();

    /**
     * Returns the far end of a socket that is connected to {@link #listening()}. Ask once for each socket, in the order
     * of the connects.
     */
    Peer peerOf(Socket socket) throws IOException;
}
