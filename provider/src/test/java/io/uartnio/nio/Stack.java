package io.uartnio.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** An implementation of socket channels and selectors, and a world for it to connect to. */
interface Stack extends AutoCloseable {

    /** Opens an unconnected channel. */
    SocketChannel openChannel() throws IOException;

    /** Opens a selector that takes such channels. */
    Selector openSelector() throws IOException;

    /** Returns an address where connections are taken. */
    InetSocketAddress listening();

    /** Returns an address where connections are refused. */
    InetSocketAddress refusing();

    /** Returns the far end of a channel that is connected to {@link #listening()}; once a channel. */
    Peer peerOf(SocketChannel channel) throws IOException;

    /** Keeps connects pending from now on, where that can be done; a loopback does so of itself for long enough. */
    default void holdConnects() {}

    /** Ends {@link #holdConnects}. */
    default void releaseConnects() {}

    @Override
    void close() throws IOException;
}
