package io.uartnio.nio;

import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.Deadlines;
import io.uartnio.socket.face.LocalPorts;
import io.uartnio.socket.face.RememberedOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A UDP port of the module as a {@link DatagramChannel}. A bind, also the one that is implied by the first send,
 * receive or connect, asks the module and waits for its answer, in non-blocking mode too; whoever interrupts it closes
 * the channel. Connected to a numeric address it keeps its port and drops what others send; connected to a name, it is
 * a socket of the module that has that one peer. Any thread may call anything. Where the channel differs from the JDK's
 * on purpose is told by {@link ModuleSelectorProvider}.
 */
final class ModuleDatagramChannel extends DatagramChannel implements ModuleChannel {

    /** For a timed operation: no limit. */
    static final long NO_TIMEOUT = 0;

    private final ModuleSockets sockets;
    private final ModuleDatagramSocketAdaptor adaptor;
    private final RememberedOptions options = RememberedOptions.ofUdp();
    private final ModuleKeys keys = new ModuleKeys();

    /** One receive at a time; connect, disconnect and bind take both, this one first. */
    private final ReentrantLock readLock = new ReentrantLock();
    /** One send at a time. */
    private final ReentrantLock writeLock = new ReentrantLock();
    /** One implied bind at a time; taken behind either of the two. */
    private final ReentrantLock bindLock = new ReentrantLock();

    /** For a read of several buffers; guarded by the read lock. */
    private ByteBuffer gathered;

    /** Guards the writes of what follows; taken last and for a few instructions. */
    private final Object stateLock = new Object();

    private volatile boolean closed;
    /** The module's socket from the bind on; one that did not get its port before. */
    private volatile ModuleDatagramSocket socket;

    private volatile InetSocketAddress localAddress;
    private volatile InetSocketAddress remoteAddress;
    /** Connected by a socket of the module that has one peer. */
    private volatile boolean peerOnly;

    ModuleDatagramChannel(SelectorProvider provider, ModuleSockets sockets) {
        super(provider);
        this.sockets = sockets;
        this.adaptor = ModuleDatagramSocketAdaptor.create(this);
    }

    // -- bind --

    /** Opens a socket of the module. */
    @FunctionalInterface
    private interface Opening {
        /** Starts to open it. */
        void open(ModuleDatagramSocket socket) throws IOException;
    }

    @Override
    public DatagramChannel bind(SocketAddress local) throws IOException {
        lockBoth();
        try {
            ensureOpen();
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            bindTo(LocalPorts.check(local));
        } finally {
            unlockBoth();
        }
        return this;
    }

    private void bindTo(int port) throws IOException {
        LocalPorts.bind(port, chosen -> open(one -> one.open(chosen)));
    }

    /** The first send, receive or connect binds a channel that nobody has bound. */
    private void bindIfUnbound() throws IOException {
        if (localAddress != null) {
            return;
        }
        bindLock.lock();
        try {
            ensureOpen();
            if (localAddress == null) {
                bindTo(0);
            }
        } finally {
            bindLock.unlock();
        }
    }

    /** Opens a socket in the place of the one that is there. */
    private void open(Opening opening) throws IOException {
        ModuleDatagramSocket opened = sockets.createDatagram();
        opened.setChangeListener(keys::tell);
        boolean open = false;
        try {
            begin();
            take(opened);
            opening.open(opened);
            open = awaitOpen(opened);
        } catch (IllegalStateException e) {
            if (isOpen()) {
                throw e;
            }
            throw new AsynchronousCloseException(); // closed by another thread, and its socket with it
        } finally {
            if (!open) {
                opened.close();
            }
            end(open);
        }
        synchronized (stateLock) {
            localAddress = opened.localAddress();
        }
        keys.tell();
    }

    private void take(ModuleDatagramSocket opened) throws ClosedChannelException {
        ModuleDatagramSocket before;
        synchronized (stateLock) {
            if (closed) {
                throw new AsynchronousCloseException();
            }
            before = socket;
            socket = opened;
        }
        if (before != null) {
            // Before the module is asked for the same port once more.
            before.close();
        }
    }

    /** Returns false if the channel was closed meanwhile. */
    private boolean awaitOpen(ModuleDatagramSocket opened) throws IOException {
        for (; ; ) {
            long stamp = opened.changeStamp();
            switch (opened.state()) {
                case OPEN -> {
                    return true;
                }
                case FAILED -> throw opened.failure();
                case CLOSED -> {
                    return false;
                }
                case UNBOUND, OPENING -> {
                    // not yet
                }
            }
            if (!isOpen()) {
                return false;
            }
            opened.awaitChange(stamp, Long.MAX_VALUE);
        }
    }

    // -- connect --

    @Override
    public DatagramChannel connect(SocketAddress remote) throws IOException {
        return connect(remote, false);
    }

    /** Connects, as a {@link DatagramSocket} does also when it is connected already. */
    void reconnect(SocketAddress remote) throws IOException {
        connect(remote, true);
    }

    private DatagramChannel connect(SocketAddress remote, boolean again) throws IOException {
        Objects.requireNonNull(remote, "remote");
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        lockBoth();
        try {
            ensureOpen();
            if (remoteAddress != null && !again) {
                throw new AlreadyConnectedException();
            }
            Addresses.checkDatagramTarget(inet);
            if (inet.isUnresolved()) {
                connectByName(inet);
            } else {
                if (peerOnly) {
                    disconnect();
                }
                bindIfUnbound();
                socket.setPeer(inet);
            }
            synchronized (stateLock) {
                peerOnly = inet.isUnresolved();
                remoteAddress = inet;
            }
        } finally {
            unlockBoth();
        }
        keys.tell();
        return this;
    }

    /** The port that was bound stays the same; while none was, the module chooses. */
    private void connectByName(InetSocketAddress remote) throws IOException {
        InetSocketAddress local = localAddress;
        try {
            open(one -> one.connect(remote.getHostString(), remote.getPort(), local == null ? 0 : local.getPort()));
        } catch (IOException | RuntimeException e) {
            if (local != null && isOpen()) {
                bindTo(local.getPort());
            }
            throw e;
        }
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        lockBoth();
        try {
            if (!isOpen() || remoteAddress == null) {
                return this;
            }
            boolean byName = peerOnly;
            synchronized (stateLock) {
                remoteAddress = null;
                peerOnly = false;
            }
            if (byName) {
                bindTo(localAddress.getPort());
            } else {
                socket.setPeer(null);
            }
        } finally {
            unlockBoth();
        }
        keys.tell();
        return this;
    }

    @Override
    public boolean isConnected() {
        return remoteAddress != null && !closed;
    }

    // -- receive --

    @Override
    public SocketAddress receive(ByteBuffer target) throws IOException {
        return receive(target, NO_TIMEOUT, false);
    }

    /**
     * Receives within a time limit.
     *
     * @throws SocketTimeoutException if the time has passed; nothing has been received then
     * @throws IllegalBlockingModeException if the channel is in non-blocking mode
     */
    SocketAddress receiveBlocking(ByteBuffer target, long timeoutMillis) throws IOException {
        return receive(target, timeoutMillis, true);
    }

    private SocketAddress receive(ByteBuffer target, long timeoutMillis, boolean forAdaptor) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer"); // the JDK's words
        }
        readLock.lock();
        try {
            ensureOpen();
            if (forAdaptor && !isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            bindIfUnbound();
            return take(target, timeoutMillis);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer"); // the JDK's words
        }
        readLock.lock();
        try {
            ensureOpenAndConnected();
            int before = target.position();
            take(target, NO_TIMEOUT);
            return target.position() - before;
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer"); // the JDK's words
            }
        }
        readLock.lock();
        try {
            ensureOpenAndConnected();
            if (gathered == null) {
                gathered = ByteBuffer.allocate(65_535);
            }
            take(gathered.clear(), NO_TIMEOUT);
            gathered.flip();
            long count = 0;
            for (int i = offset; i < offset + length && gathered.hasRemaining(); i++) {
                int part = Math.min(gathered.remaining(), targets[i].remaining());
                targets[i].put(gathered.slice().limit(part));
                gathered.position(gathered.position() + part);
                count += part;
            }
            return count;
        } finally {
            readLock.unlock();
        }
    }

    /** Takes one datagram, waiting for it in blocking mode; returns who sent it, or null. Under the read lock. */
    private InetSocketAddress take(ByteBuffer target, long timeoutMillis) throws IOException {
        boolean blocking = isBlocking();
        InetSocketAddress sender = null;
        try {
            if (blocking) {
                begin();
                ensureOpen();
            }
            sender = blocking ? await(target, timeoutMillis) : socket.receive(target);
        } catch (IOException e) {
            // the module's socket has an exception of its own for a closed socket
            throw isOpen() ? e : new AsynchronousCloseException();
        } finally {
            if (blocking) {
                end(sender != null);
            }
        }
        return sender != null && sender.isUnresolved() ? remoteAddress : sender;
    }

    private InetSocketAddress await(ByteBuffer target, long timeoutMillis) throws IOException {
        ModuleDatagramSocket from = socket;
        long deadlineNanos = Deadlines.after(timeoutMillis);
        for (; ; ) {
            long stamp = from.changeStamp();
            InetSocketAddress sender = from.receive(target);
            if (sender != null || !isOpen()) {
                return sender;
            }
            if (Deadlines.isPast(deadlineNanos)) {
                throw new SocketTimeoutException("Receive timed out"); // the JDK's words
            }
            from.awaitChange(stamp, deadlineNanos);
        }
    }

    // -- send --

    @Override
    public int send(ByteBuffer source, SocketAddress target) throws IOException {
        Objects.requireNonNull(source, "source");
        return send(source, target, false);
    }

    /**
     * Sends and waits until the module has taken the datagram.
     *
     * @throws IllegalBlockingModeException if the channel is in non-blocking mode
     */
    void sendBlocking(ByteBuffer source, SocketAddress target) throws IOException {
        send(source, target, true);
    }

    private int send(ByteBuffer source, SocketAddress target, boolean forAdaptor) throws IOException {
        Objects.requireNonNull(target, "target");
        if (!(target instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        writeLock.lock();
        try {
            ensureOpen();
            if (forAdaptor && !isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            InetSocketAddress connected = remoteAddress;
            if (connected == null && inet.isUnresolved()) {
                throw new UnresolvedAddressException();
            }
            if (connected != null && !connected.equals(inet)) {
                throw new AlreadyConnectedException();
            }
            Addresses.checkDatagramTarget(inet);
            bindIfUnbound();
            return give(source, inet);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source, "source");
        writeLock.lock();
        try {
            ensureOpenAndConnected();
            return give(source, remoteAddress);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        writeLock.lock();
        try {
            ensureOpenAndConnected();
            int size = 0;
            for (int i = offset; i < offset + length; i++) {
                size = Math.addExact(size, sources[i].remaining());
            }
            ByteBuffer whole = ByteBuffer.allocate(size);
            for (int i = offset; i < offset + length; i++) {
                whole.put(sources[i].duplicate());
            }
            int count = give(whole.flip(), remoteAddress);
            if (count == size) {
                for (int i = offset; i < offset + length; i++) {
                    sources[i].position(sources[i].limit());
                }
            }
            return count;
        } finally {
            writeLock.unlock();
        }
    }

    /**
     * Gives the module one datagram; in blocking mode waits until it has taken it. Under the write lock.
     *
     * @return the number of bytes, 0 if in non-blocking mode there was no room
     */
    private int give(ByteBuffer source, InetSocketAddress target) throws IOException {
        ModuleDatagramSocket to = socket;
        InetSocketAddress named = peerOnly ? null : target;
        int size = source.remaining();
        checkSize(to, size);
        IOException earlier = to.pollSendFailure();
        if (earlier != null && !isBlocking()) {
            throw earlier;
        }
        boolean blocking = isBlocking();
        boolean sent = false;
        try {
            if (blocking) {
                begin();
                ensureOpen();
            }
            sent = blocking ? awaitTaken(to, source, named) : to.send(source, named);
        } catch (IOException e) {
            throw isOpen() ? e : new AsynchronousCloseException();
        } finally {
            if (blocking) {
                end(sent);
            }
        }
        return sent ? size : 0;
    }

    private static void checkSize(ModuleDatagramSocket to, int size) throws SocketException {
        if (size == 0 || size > to.maxSendBytes()) {
            throw new SocketException("module sends datagrams of 1 to " + to.maxSendBytes() + " bytes: length=" + size);
        }
    }

    private boolean awaitTaken(ModuleDatagramSocket to, ByteBuffer source, InetSocketAddress target)
            throws IOException {
        boolean given = false;
        for (; ; ) {
            long stamp = to.changeStamp();
            given = given || to.send(source, target);
            if (given && to.datagramsUnsent() == 0) {
                IOException refused = to.pollSendFailure();
                if (refused != null) {
                    throw refused;
                }
                return true;
            }
            if (to.state() == ModuleDatagramSocket.State.FAILED) {
                throw to.failure();
            }
            if (!isOpen()) {
                return false;
            }
            to.awaitChange(stamp, Long.MAX_VALUE);
        }
    }

    // -- addresses, options --

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return localAddress;
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        ensureOpen();
        return remoteAddress;
    }

    /** Returns the address, also of a closed channel. */
    InetSocketAddress localAddressOrNull() {
        return localAddress;
    }

    /** Returns the address, also of a closed channel. */
    InetSocketAddress remoteAddressOrNull() {
        return remoteAddress;
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
        options.checkSupported(name);
        ensureOpen();
        options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        options.checkSupported(name);
        ensureOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return options.supported();
    }

    @Override
    public DatagramSocket socket() {
        return adaptor;
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface network) {
        throw new UnsupportedOperationException("module has no multicast: port=" + sockets.portName());
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface network, InetAddress source) {
        throw new UnsupportedOperationException("module has no multicast: port=" + sockets.portName());
    }

    // -- close, selection --

    /** Only turns the state and has the rest done in the background; see {@link ModuleSocketChannel}. */
    @Override
    protected void implCloseSelectableChannel() {
        ModuleDatagramSocket open;
        synchronized (stateLock) {
            closed = true;
            open = socket;
        }
        if (open != null) {
            open.close();
        }
        keys.tell();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        lockBoth();
        try {
            ensureOpen();
        } finally {
            unlockBoth();
        }
    }

    @Override
    public SelectableChannel selectable() {
        return this;
    }

    /** A channel that is not bound can be written to, which binds it. */
    @Override
    public int readyOps(int interestOps) {
        if (closed) {
            return 0;
        }
        if (localAddress == null) {
            return interestOps & SelectionKey.OP_WRITE;
        }
        ModuleDatagramSocket open = socket;
        int ready = 0;
        if ((interestOps & SelectionKey.OP_READ) != 0 && open.isReadable()) {
            ready |= SelectionKey.OP_READ;
        }
        if ((interestOps & SelectionKey.OP_WRITE) != 0 && open.isWritable()) {
            ready |= SelectionKey.OP_WRITE;
        }
        return ready;
    }

    @Override
    public ModuleKeys keys() {
        return keys;
    }

    private void lockBoth() {
        readLock.lock();
        writeLock.lock();
    }

    private void unlockBoth() {
        writeLock.unlock();
        readLock.unlock();
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void ensureOpenAndConnected() throws ClosedChannelException {
        ensureOpen();
        if (remoteAddress == null) {
            throw new NotYetConnectedException();
        }
    }

    /** Names the port of the line, the module's index of the socket while it has one, and both addresses. */
    @Override
    public String toString() {
        ModuleDatagramSocket open = socket;
        return "ModuleDatagramChannel[port=" + sockets.portName() + ", index=" + (open == null ? -1 : open.index())
                + ", local=" + localAddress + ", remote=" + remoteAddress + ", open=" + isOpen() + "]";
    }
}
