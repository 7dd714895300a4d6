package io.uartnio.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * The channel as a {@link ServerSocket}. Its {@link NoSocketImpl} is never used: every method is overridden and goes to the
 * channel. Safe for any thread.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // what ServerSocket guards by its monitor, the channel guards
final class ModuleServerSocketAdaptor extends ServerSocket {

    private static final int DEFAULT_BACKLOG = 50;

    private final ModuleServerSocketChannel channel;
    private volatile int timeoutMillis;

    private ModuleServerSocketAdaptor(ModuleServerSocketChannel channel) {
        super(new NoSocketImpl());
        this.channel = channel;
    }

    static ModuleServerSocketAdaptor create(ModuleServerSocketChannel channel) {
        return new ModuleServerSocketAdaptor(channel);
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        bind(local, DEFAULT_BACKLOG);
    }

    @Override
    public void bind(SocketAddress local, int backlog) throws IOException {
        try {
            channel.bind(local, backlog);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public Socket accept() throws IOException {
        try {
            int limit = timeoutMillis;
            // As in the JDK: without a limit a connection that is there is taken in non-blocking mode too.
            SocketChannel accepted = limit > 0 ? channel.acceptBlocking(limit) : channel.accept();
            if (accepted == null) {
                throw new IllegalBlockingModeException();
            }
            return accepted.socket();
        } catch (IllegalBlockingModeException e) {
            throw e;
        } catch (IllegalStateException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return channel.localAddressOrNull() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        return channel.inetAddressOrNull();
    }

    @Override
    public int getLocalPort() {
        return isBound() ? channel.localAddressOrNull().getPort() : -1;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return channel.localAddressOrNull();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout is negative: timeoutMillis=" + millis);
        }
        ensureOpen();
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        ensureOpen();
        return timeoutMillis;
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("size cannot be 0 or negative"); // the JDK's words
        }
        set(StandardSocketOptions.SO_RCVBUF, bytes);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        // as in the JDK
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    private void ensureOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    private <T> void set(SocketOption<T> name, T value) throws SocketException {
        ensureOpen();
        try {
            channel.setOption(name, value);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        }
    }

    private <T> T get(SocketOption<T> name) throws SocketException {
        ensureOpen();
        try {
            return channel.getOption(name);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        }
    }

    /** As the JDK's: the address, once bound. */
    @Override
    public String toString() {
        return isBound()
                ? "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]"
                : "ServerSocket[unbound]";
    }
}
