package io.uartnio.nio;

import io.uartnio.socket.face.RememberedOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A channel of the JVM's default provider. Who connects it, the module or the JDK, is decided by the destination, so at
 * {@code connect}: then it opens a channel of that kind, gives it the blocking mode, the options and the bind that it
 * has been told so far, puts keys behind its own keys, and from then on hands everything on. What the other channel
 * throws is thrown; when that closes itself, after a failed connect or an interrupt, this one closes too.
 *
 * <p>A bind to a certain local address decides as well, and for the JDK: only its channels can be bound so.
 *
 * <p>Safe for any thread. The state lock is held for a few instructions and while the other channel is opened, never
 * while anything waits.
 */
final class RoutedSocketChannel extends AdaptableSocketChannel {

    private static final RoutedSelectionKey[] NO_KEYS = {};

    private static final InetSocketAddress ANY_LOCAL = new InetSocketAddress("0.0.0.0", 0);

    private final Routes routes;
    private final RememberedOptions options = RememberedOptions.ofTcpAndModule();

    /** Guards the writes of all that follows; comes before the monitors of the keys. */
    private final Object stateLock = new Object();

    /** The channel that does the work; null before the connect. */
    private volatile SocketChannel target;

    private volatile boolean bound;
    private boolean blocking = true;
    private RoutedSelectionKey[] keys = NO_KEYS;

    RoutedSocketChannel(SelectorProvider provider, Routes routes) {
        super(provider);
        this.routes = routes;
    }

    // -- deciding --

    /** Returns the channel for the destination, opened now if there is none yet. */
    private SocketChannel targetFor(InetSocketAddress remote) throws IOException {
        SocketChannel known = target;
        if (known != null) {
            return known;
        }
        synchronized (stateLock) {
            ensureOpen();
            return target == null ? adopt(routes.open(remote)) : target;
        }
    }

    /** Makes the channel the one that does the work, as this one is set up so far. Under the state lock. */
    private SocketChannel adopt(SocketChannel opened) throws IOException {
        try {
            opened.configureBlocking(blocking);
            options.copyTo(opened);
            if (bound) {
                opened.bind(null);
            }
            for (RoutedSelectionKey key : keys) {
                key.route(opened);
            }
            target = opened;
            return opened;
        } finally {
            if (target == null) {
                opened.close();
            }
        }
    }

    /** Forgets a channel that has refused its destination before anything was sent: the next may be another kind. */
    private void forget(SocketChannel refused) throws IOException {
        synchronized (stateLock) {
            if (target != refused || !refused.isOpen() || refused.isConnected() || refused.isConnectionPending()) {
                return;
            }
            target = null;
            for (RoutedSelectionKey key : keys) {
                key.unroute();
            }
        }
        refused.close();
    }

    /** To be called behind whatever the target did: if that has closed it, this channel is closed as well. */
    private void followClose(SocketChannel followed) throws IOException {
        if (!followed.isOpen() && followed == target) {
            close();
        }
    }

    private SocketChannel connectedTarget() throws ClosedChannelException {
        ensureOpen();
        SocketChannel known = target;
        if (known == null) {
            throw new NotYetConnectedException();
        }
        return known;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    // -- connect --

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        InetSocketAddress inet = check(remote);
        SocketChannel opened = targetFor(inet);
        try {
            return opened.connect(inet);
        } catch (RuntimeException e) {
            forget(opened);
            throw e;
        } finally {
            followClose(opened);
        }
    }

    @Override
    void connectBlocking(SocketAddress remote, int timeoutMillis) throws IOException {
        InetSocketAddress inet = check(remote);
        SocketChannel opened;
        try {
            opened = targetFor(inet);
        } catch (UnresolvedAddressException e) {
            throw unknownHost(inet, e);
        }
        try {
            opened.socket().connect(inet, timeoutMillis);
        } catch (RuntimeException e) {
            forget(opened);
            throw e;
        } finally {
            followClose(opened);
        }
    }

    /** What the JDK's adaptor makes of it. */
    private static UnknownHostException unknownHost(InetSocketAddress remote, UnresolvedAddressException cause) {
        UnknownHostException unknown = new UnknownHostException(remote.getHostString());
        unknown.initCause(cause);
        return unknown;
    }

    private static InetSocketAddress check(SocketAddress remote) {
        Objects.requireNonNull(remote, "remote");
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    @Override
    public boolean finishConnect() throws IOException {
        ensureOpen();
        SocketChannel known = target;
        if (known == null) {
            throw new NoConnectionPendingException();
        }
        try {
            return known.finishConnect();
        } finally {
            followClose(known);
        }
    }

    @Override
    public boolean isConnected() {
        SocketChannel known = target;
        return known != null && known.isConnected();
    }

    @Override
    public boolean isConnectionPending() {
        SocketChannel known = target;
        return known != null && known.isConnectionPending();
    }

    // -- addresses and options --

    @Override
    public SocketChannel bind(SocketAddress local) throws IOException {
        SocketChannel known;
        synchronized (stateLock) {
            ensureOpen();
            if (target == null && bound) {
                throw new AlreadyBoundException();
            }
            if (target == null && leavesTheChoice(local)) {
                bound = true;
                return this;
            }
            if (!(local == null || local instanceof InetSocketAddress)) {
                throw new UnsupportedAddressTypeException();
            }
            known = target == null ? adopt(routes.openDirect()) : target;
        }
        known.bind(local);
        return this;
    }

    private static boolean leavesTheChoice(SocketAddress local) {
        return local == null
                || (local instanceof InetSocketAddress inet
                        && inet.getPort() == 0
                        && !inet.isUnresolved()
                        && inet.getAddress().isAnyLocalAddress());
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        SocketChannel known = target;
        return known == null ? localAddressOrNull() : known.getLocalAddress();
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        SocketChannel known = target;
        return known == null ? null : known.getRemoteAddress();
    }

    @Override
    InetSocketAddress localAddressOrNull() {
        SocketChannel known = target;
        if (known == null) {
            return bound ? ANY_LOCAL : null;
        }
        return (InetSocketAddress) known.socket().getLocalSocketAddress();
    }

    @Override
    InetSocketAddress remoteAddressOrNull() {
        SocketChannel known = target;
        return known == null ? null : (InetSocketAddress) known.socket().getRemoteSocketAddress();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        SocketChannel known;
        synchronized (stateLock) {
            known = target;
            if (known == null) {
                options.checkSupported(name);
                ensureOpen();
                options.set(name, value);
            }
        }
        if (known != null) {
            known.setOption(name, value);
        }
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        SocketChannel known = target;
        if (known != null) {
            return known.getOption(name);
        }
        options.checkSupported(name);
        ensureOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        SocketChannel known = target;
        return known == null ? options.supported() : known.supportedOptions();
    }

    // -- transfer --

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        Objects.requireNonNull(buffer, "buffer");
        SocketChannel connected = connectedTarget();
        try {
            return connected.read(buffer);
        } finally {
            followClose(connected);
        }
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        SocketChannel connected = connectedTarget();
        try {
            return connected.read(buffers, offset, length);
        } finally {
            followClose(connected);
        }
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
        Objects.requireNonNull(buffer, "buffer");
        SocketChannel connected = connectedTarget();
        try {
            return connected.write(buffer);
        } finally {
            followClose(connected);
        }
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        SocketChannel connected = connectedTarget();
        try {
            return connected.write(buffers, offset, length);
        } finally {
            followClose(connected);
        }
    }

    @Override
    int readBlocking(ByteBuffer buffer, int timeoutMillis) throws IOException {
        SocketChannel connected = connectedTarget();
        try {
            if (connected instanceof ModuleSocketChannel module) {
                return module.readBlocking(buffer, timeoutMillis);
            }
            if (isInputShutdown()) {
                return -1; // the JDK's socket gives no stream any more
            }
            connected.socket().setSoTimeout(timeoutMillis);
            return connected
                    .socket()
                    .getInputStream()
                    .read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        } finally {
            followClose(connected);
        }
    }

    @Override
    void writeBlocking(ByteBuffer buffer) throws IOException {
        SocketChannel connected = connectedTarget();
        try {
            if (connected instanceof ModuleSocketChannel module) {
                module.writeBlocking(buffer);
            } else if (isOutputShutdown()) {
                throw new ClosedChannelException();
            } else {
                connected
                        .socket()
                        .getOutputStream()
                        .write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
            }
        } finally {
            followClose(connected);
        }
    }

    @Override
    int available() throws IOException {
        SocketChannel connected = connectedTarget();
        return connected instanceof ModuleSocketChannel module
                ? module.available()
                : connected.socket().getInputStream().available();
    }

    // -- shutdown and close --

    @Override
    public SocketChannel shutdownInput() throws IOException {
        connectedTarget().shutdownInput();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        connectedTarget().shutdownOutput();
        return this;
    }

    @Override
    boolean isInputShutdown() {
        SocketChannel known = target;
        return known != null && known.socket().isInputShutdown();
    }

    @Override
    boolean isOutputShutdown() {
        SocketChannel known = target;
        return known != null && known.socket().isOutputShutdown();
    }

    /** As quick as the other channel's: see {@link ModuleSocketChannel}. */
    @Override
    protected void implCloseSelectableChannel() throws IOException {
        SocketChannel known;
        synchronized (stateLock) {
            known = target;
        }
        if (known != null) {
            known.close();
        }
    }

    /** A channel of the JDK refuses to block while it is registered, and is so until a cancelled key has been released. */
    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        SocketChannel known;
        RoutedSelectionKey[] registered;
        synchronized (stateLock) {
            ensureOpen();
            blocking = block;
            known = target;
            registered = keys;
        }
        for (RoutedSelectionKey key : registered) {
            if (!key.isValid()) {
                key.released();
            }
        }
        if (known != null) {
            known.configureBlocking(block);
        }
    }

    // -- selection --

    /** Takes in a key; one that comes after the connect gets its key behind at once. */
    void addKey(RoutedSelectionKey key) throws ClosedChannelException {
        synchronized (stateLock) {
            RoutedSelectionKey[] longer = Arrays.copyOf(keys, keys.length + 1);
            longer[keys.length] = key;
            keys = longer;
            if (target != null) {
                key.route(target);
            }
        }
    }

    void removeKey(RoutedSelectionKey key) {
        synchronized (stateLock) {
            keys = Arrays.stream(keys).filter(k -> k != key).toArray(RoutedSelectionKey[]::new);
        }
    }

    /** Names the channel that does the work, once there is one. */
    @Override
    public String toString() {
        SocketChannel known = target;
        return known == null ? "RoutedSocketChannel[unconnected]" : "RoutedSocketChannel[" + known + "]";
    }
}
