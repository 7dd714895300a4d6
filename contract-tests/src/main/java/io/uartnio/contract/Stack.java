package io.uartnio.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.EnumSet;
import java.util.Set;

/** An implementation of socket channels and selectors, and a world for it to connect to; made for one test. */
public interface Stack extends AutoCloseable {

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

    /** Returns an address where connections are taken. */
    InetSocketAddress listening();

    /** Returns an address where connections are refused. */
    InetSocketAddress refusing();

    /** Returns an address that answers nothing for as long as a test takes. */
    InetSocketAddress silent() throws IOException;

    /**
     * Returns the far end of a channel that is connected to {@link #listening()}. Ask in the order of the connects: a
     * far end does not always show whose it is.
     */
    Peer peerOf(SocketChannel channel) throws IOException;

    /** Returns what this implementation is known to do otherwise. */
    default Set<Deviation> deviations() {
        return EnumSet.noneOf(Deviation.class);
    }

    /** Returns a number of bytes that the buffers on the way to a peer that does not read cannot hold. */
    int moreThanFits();

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

    @Override
    void close() throws IOException;
}
