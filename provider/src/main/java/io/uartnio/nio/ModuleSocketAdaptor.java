package io.uartnio.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;

/**
 * The channel as a {@link Socket}. It has no {@link SocketImpl}; every method is overridden and goes to the channel.
 * The streams are made here and not by {@code Channels}: those hold one lock for both directions on a channel that is
 * not the JDK's, so that a blocked read would hold up every write. Exceptions are those of the JDK's adaptor, which
 * turns the unchecked ones of a channel into {@link SocketException}s. Safe for any thread.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // what Socket guards by its monitor, the channel guards itself
final class ModuleSocketAdaptor extends Socket {

    private final AdaptableSocketChannel channel;
    private volatile int timeoutMillis;

    private ModuleSocketAdaptor(AdaptableSocketChannel channel) throws SocketException {
        super((SocketImpl) null);
        this.channel = channel;
    }

    static ModuleSocketAdaptor create(AdaptableSocketChannel channel) {
        try {
            return new ModuleSocketAdaptor(channel);
        } catch (SocketException e) {
            throw new IllegalStateException("a socket without an implementation cannot fail to be made", e);
        }
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        if (remote == null) {
            throw new IllegalArgumentException("connect: The address can't be null"); // the JDK's words
        }
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative"); // the JDK's words
        }
        try {
            channel.connectBlocking(remote, timeoutMillis);
        } catch (IllegalStateException | UnsupportedAddressTypeException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        try {
            channel.bind(local);
        } catch (IllegalStateException | UnsupportedAddressTypeException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        try {
            channel.shutdownInput();
        } catch (NotYetConnectedException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        try {
            channel.shutdownOutput();
        } catch (NotYetConnectedException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    // -- streams --

    @Override
    public InputStream getInputStream() throws IOException {
        ensureConnected();
        if (channel.isInputShutdown()) {
            throw new SocketException("Socket input is shutdown");
        }
        return new Input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        ensureConnected();
        if (channel.isOutputShutdown()) {
            throw new SocketException("Socket output is shutdown");
        }
        return new Output();
    }

    private void ensureConnected() throws SocketException {
        ensureOpen();
        if (!channel.isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    private void ensureOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** Reads with the socket's time limit of the moment; a limit that passes loses no byte. */
    private final class Input extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : channel.readBlocking(ByteBuffer.wrap(bytes, offset, length), timeoutMillis);
        }

        @Override
        public int available() throws IOException {
            return channel.available();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Returns from a write when the module's driver has taken all the bytes. */
    private final class Output extends OutputStream {

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length > 0) {
                channel.writeBlocking(ByteBuffer.wrap(bytes, offset, length));
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    // -- addresses and state --

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    /** Returns the remote address, or null before the connect and for one that only the module has resolved. */
    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remoteAddressOrNull();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remoteAddressOrNull();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return channel.remoteAddressOrNull();
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress local = channel.isOpen() ? channel.localAddressOrNull() : null;
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = channel.localAddressOrNull();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return channel.localAddressOrNull();
    }

    @Override
    public boolean isBound() {
        return channel.localAddressOrNull() != null;
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return channel.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.isOutputShutdown();
    }

    // -- options --

    @Override
    public void setSoTimeout(int timeoutMillis) throws SocketException {
        ensureOpen();
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeout is negative: timeoutMillis=" + timeoutMillis);
        }
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        ensureOpen();
        return timeoutMillis;
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
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

    private <T> void set(SocketOption<T> name, T value) throws SocketException {
        try {
            channel.setOption(name, value);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        }
    }

    private <T> T get(SocketOption<T> name) throws SocketException {
        try {
            return channel.getOption(name);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        set(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return get(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(boolean on, int lingerSeconds) throws SocketException {
        set(StandardSocketOptions.SO_LINGER, on ? lingerSeconds : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return get(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void setSendBufferSize(int bytes) throws SocketException {
        set(StandardSocketOptions.SO_SNDBUF, checkBufferBytes(bytes));
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        set(StandardSocketOptions.SO_RCVBUF, checkBufferBytes(bytes));
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    /** Size 0 is fine with a channel, but not with a socket. */
    private static int checkBufferBytes(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("buffer size is not positive: bytes=" + bytes);
        }
        return bytes;
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return get(StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        set(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return get(StandardSocketOptions.IP_TOS);
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    /** Accepts only false: no module tells of urgent data. */
    @Override
    public void setOOBInline(boolean on) throws SocketException {
        ensureOpen();
        if (on) {
            throw new SocketException("urgent data is not told of by the module");
        }
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        ensureOpen();
        return false;
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        ensureConnected();
        throw new SocketException("urgent data cannot be sent by the module");
    }

    /** Does nothing: there is no choice that it could guide. */
    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

    @Override
    public String toString() {
        return channel.isConnected()
                ? "Socket[addr=" + getInetAddress() + ",port=" + getPort() + ",localport=" + getLocalPort() + "]"
                : "Socket[unconnected]";
    }
}
