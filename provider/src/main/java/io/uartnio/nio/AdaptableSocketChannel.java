package io.uartnio.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * A channel with what {@link ModuleSocketAdaptor} needs beyond the public methods to be its {@link Socket}: addresses
 * that a closed channel still tells, and blocking operations with a time limit. Safe for any thread.
 */
abstract class AdaptableSocketChannel extends SocketChannel {

    /** For a timed operation: no limit. */
    static final long NO_TIMEOUT = 0;

    private final ModuleSocketAdaptor adaptor;

    AdaptableSocketChannel(SelectorProvider provider) {
        super(provider);
        this.adaptor = ModuleSocketAdaptor.create(this);
    }

    @Override
    public final Socket socket() {
        return adaptor;
    }

    /** Returns the local address, also of a closed channel; null while it is neither bound nor connected. */
    abstract InetSocketAddress localAddressOrNull();

    /** Returns the address given to {@code connect}, also of a closed channel; null before. */
    abstract InetSocketAddress remoteAddressOrNull();

    abstract boolean isInputShutdown();

    abstract boolean isOutputShutdown();

    /**
     * Connects within a time limit.
     *
     * @param timeoutMillis {@link #NO_TIMEOUT} for none
     * @throws java.net.SocketTimeoutException if the time has passed; the channel is closed then
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in non-blocking mode
     */
    abstract void connectBlocking(SocketAddress remote, int timeoutMillis) throws IOException;

    /**
     * Reads within a time limit.
     *
     * @param target a buffer with an array
     * @param timeoutMillis {@link #NO_TIMEOUT} for none
     * @return the number of bytes, at least 1 if the buffer has room, or -1 at the end of the stream
     * @throws java.net.SocketTimeoutException if the time has passed; nothing has been read then
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in non-blocking mode
     */
    abstract int readBlocking(ByteBuffer target, int timeoutMillis) throws IOException;

    /**
     * Writes all of the buffer.
     *
     * @param source a buffer with an array
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in non-blocking mode
     */
    abstract void writeBlocking(ByteBuffer source) throws IOException;

    /** Returns how many bytes can be read without waiting, 0 if that cannot be told. */
    abstract int available() throws IOException;
}
