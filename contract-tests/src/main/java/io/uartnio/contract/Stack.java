package io.uartnio.contract;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** An implementation of socket channels and selectors, and a world for it to connect to; made for one test. */
public interface Stack extends World {

    /** Makes a stack. */
    @FunctionalInterface
    interface Factory {
        /** Makes a stack for one test. */
        Stack create() throws IOException;
    }

    /** Opens an unconnected channel. */
    SocketChannel openChannel() throws IOException;

    /** Opens a selector that takes such channels. */
    Selector openSelector() throws IOException;

    /**
     * Returns the far end of a channel that is connected to {@link #listening()}. Ask in the order of the connects: a
     * far end does not always show whose it is.
     */
    Peer peerOf(SocketChannel channel) throws IOException;

    /**
     * Returns how long a channel must have refused bytes before it is full: behind a module bytes move on by themselves
     * until all buffers on the way are full.
     */
    default long settlingMillis() {
        return 0;
    }

    /** Keeps connects pending from now on, where that can be done; a loopback does so of itself for long enough. */
    default void holdConnects() {}

    /** Ends {@link #holdConnects}. */
    default void releaseConnects() {}
}
