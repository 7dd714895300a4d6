package io.uartnio.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Set;

/**
 * The channel as a {@link DatagramSocket}. Its {@link DatagramSocketImpl} is never used: every method is overridden and
 * goes to the channel. Safe for any thread.
 */
@SuppressWarnings(
        "UnsynchronizedOverridesSynchronized") // what DatagramSocket guards by its monitor, the channel guards
final class ModuleDatagramSocketAdaptor extends DatagramSocket {

    private final ModuleDatagramChannel channel;
    private volatile int timeoutMillis;

    /**
     * The packet received last, the length that it was given then, and the one that its owner had given it. A packet
     * that is used again has the room that its owner gave it, not the length of its last content; where the JDK keeps
     * that nobody else can look.
     */
    private record Used(WeakReference<DatagramPacket> packet, int length, int room) {}

    private volatile Used used = new Used(new WeakReference<>(null), 0, 0);

    private ModuleDatagramSocketAdaptor(ModuleDatagramChannel channel) {
        super(new NoImpl());
        this.channel = channel;
    }

    static ModuleDatagramSocketAdaptor create(ModuleDatagramChannel channel) {
        return new ModuleDatagramSocketAdaptor(channel);
    }

    // -- binding, connecting --

    @Override
    public void bind(SocketAddress local) throws SocketException {
        try {
            channel.bind(local);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void connect(InetAddress address, int port) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null"); // the JDK's words
        }
        try {
            channel.reconnect(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(SocketAddress remote) throws SocketException {
        if (remote == null) {
            throw new IllegalArgumentException("Address can't be null"); // the JDK's words
        }
        try {
            channel.reconnect(remote);
        } catch (IOException e) {
            throw SocketExceptions.of(e);
        }
    }

    @Override
    public void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // -- sending, receiving --

    @Override
    public void send(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            InetSocketAddress target = target(packet);
            try {
                channel.sendBlocking(ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength()), target);
            } catch (ClosedChannelException e) {
                throw closed(e);
            } catch (IllegalBlockingModeException e) {
                throw e;
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw SocketExceptions.of(e);
            }
        }
    }

    /** To whom: of a connected socket its peer, with which a packet that names somebody must agree. */
    private InetSocketAddress target(DatagramPacket packet) {
        InetSocketAddress connected = channel.remoteAddressOrNull();
        InetAddress address = packet.getAddress();
        if (address == null) {
            if (connected == null) {
                throw new IllegalArgumentException("Address not set"); // the JDK's words
            }
            return connected;
        }
        InetSocketAddress target = new InetSocketAddress(address, packet.getPort());
        if (connected != null && !connected.equals(target)) {
            throw new IllegalArgumentException("Connected and packet address differ"); // the JDK's words
        }
        return target;
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            int room = room(packet);
            ByteBuffer buffer = ByteBuffer.wrap(packet.getData(), packet.getOffset(), room);
            try {
                InetSocketAddress sender = (InetSocketAddress) channel.receiveBlocking(buffer, timeoutMillis);
                packet.setLength(buffer.position() - packet.getOffset());
                used = new Used(new WeakReference<>(packet), packet.getLength(), room);
                if (!sender.isUnresolved()) {
                    packet.setSocketAddress(sender);
                }
            } catch (ClosedChannelException e) {
                throw closed(e);
            }
        }
    }

    private int room(DatagramPacket packet) {
        Used last = used;
        boolean untouched = last.packet().refersTo(packet) && last.length() == packet.getLength();
        int most = packet.getData().length - packet.getOffset();
        return untouched ? Math.min(last.room(), most) : packet.getLength();
    }

    // -- state, addresses --

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return channel.localAddressOrNull() != null;
    }

    @Override
    public boolean isConnected() {
        return channel.remoteAddressOrNull() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remoteAddressOrNull();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remoteAddressOrNull();
        return remote == null ? -1 : remote.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return channel.remoteAddressOrNull();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : channel.localAddressOrNull();
    }

    @Override
    public InetAddress getLocalAddress() {
        if (isClosed()) {
            return null;
        }
        InetSocketAddress local = channel.localAddressOrNull();
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        if (isClosed()) {
            return -1;
        }
        InetSocketAddress local = channel.localAddressOrNull();
        return local == null ? 0 : local.getPort();
    }

    // -- options --

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
    public void setSendBufferSize(int bytes) throws SocketException {
        set(StandardSocketOptions.SO_SNDBUF, positive(bytes));
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        set(StandardSocketOptions.SO_RCVBUF, positive(bytes));
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
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
    public void setBroadcast(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return get(StandardSocketOptions.SO_BROADCAST);
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
    public <T> DatagramSocket setOption(SocketOption<T> name, T value) throws IOException {
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

    @Override
    public void joinGroup(SocketAddress group, NetworkInterface network) {
        throw new UnsupportedOperationException("module has no multicast");
    }

    @Override
    public void leaveGroup(SocketAddress group, NetworkInterface network) {
        throw new UnsupportedOperationException("module has no multicast");
    }

    // -- helpers --

    /** In the words of the JDK's, which are others than those of its other sockets. */
    private static SocketException closed(ClosedChannelException e) {
        return SocketExceptions.withCause(new SocketException("Socket closed"), e);
    }

    private void ensureOpen() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
    }

    private static int positive(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("Buffer size <= 0"); // the JDK's words
        }
        return bytes;
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

    /** Demanded by the constructor and never asked anything. */
    private static final class NoImpl extends DatagramSocketImpl {

        @Override
        protected void create() {
            throw unused();
        }

        @Override
        protected void bind(int port, InetAddress address) {
            throw unused();
        }

        @Override
        protected void send(DatagramPacket packet) {
            throw unused();
        }

        @Override
        protected int peek(InetAddress address) {
            throw unused();
        }

        @Override
        protected int peekData(DatagramPacket packet) {
            throw unused();
        }

        @Override
        protected void receive(DatagramPacket packet) {
            throw unused();
        }

        @Override
        @Deprecated
        protected void setTTL(byte ttl) {
            throw unused();
        }

        @Override
        @Deprecated
        protected byte getTTL() {
            throw unused();
        }

        @Override
        protected void setTimeToLive(int ttl) {
            throw unused();
        }

        @Override
        protected int getTimeToLive() {
            throw unused();
        }

        @Override
        protected void join(InetAddress group) {
            throw unused();
        }

        @Override
        protected void leave(InetAddress group) {
            throw unused();
        }

        @Override
        protected void joinGroup(SocketAddress group, NetworkInterface network) {
            throw unused();
        }

        @Override
        protected void leaveGroup(SocketAddress group, NetworkInterface network) {
            throw unused();
        }

        @Override
        protected void close() {
            // nothing is open
        }

        @Override
        public void setOption(int option, Object value) {
            throw unused();
        }

        @Override
        public Object getOption(int option) {
            throw unused();
        }

        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("socket belongs to a channel");
        }
    }
}
