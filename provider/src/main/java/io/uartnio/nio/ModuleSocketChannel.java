package io.uartnio.nio;

import io.uartnio.ModemSocketOptions;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.Deadlines;
import io.uartnio.socket.face.RememberedOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One socket of the module as a {@link SocketChannel}. Built like the JDK's own: a read lock and a write lock, each
 * held for a whole operation and both for a connect, and a short lock for the state, never held while anything waits.
 * A blocking operation parks in {@link ModuleSocket#awaitChange}, so a virtual thread gives up its carrier; only the
 * two {@link ReentrantLock}s are held meanwhile. Any thread may call anything. Where the channel differs from the
 * JDK's on purpose is told by {@link ModuleSelectorProvider}.
 */
final class ModuleSocketChannel extends AdaptableSocketChannel implements ModuleChannel {

    /** Where the channel is in its life; it only ever moves down this list, but for a refused host or port. */
    private enum State {
        /** Opened. */
        UNCONNECTED,
        /** {@code connect} was called, and its result has not been taken by {@code finishConnect}. */
        PENDING,
        /** {@code connect} or {@code finishConnect} has seen the connection. It may since have ended. */
        CONNECTED,
        /** {@code close} was called, by the user, by an interrupt or by a failed connect. */
        CLOSED
    }

    /** The module's socket, one way or the other. */
    @FunctionalInterface
    private interface Mover {
        /** Moves what it can of the buffer; returns the number of bytes, or what the socket says instead. */
        int move(ByteBuffer buffer) throws IOException;
    }

    private static final Set<SocketOption<?>> SUPPORTED_OPTIONS =
            RememberedOptions.ofTcpAndModule().supported();

    /** What is said for the local address of a channel that was bound and is not connected: the module chooses. */
    private static final InetSocketAddress ANY_LOCAL = new InetSocketAddress("0.0.0.0", 0);

    private final ModuleSocket socket;
    private final Mover fromModule;
    private final Mover toModule;
    private final String portName;
    private final RememberedOptions options = RememberedOptions.ofTcp();

    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();

    /** For a read into one buffer, so that it allocates nothing; guarded by the read lock. */
    private final ByteBuffer[] oneTarget = new ByteBuffer[1];

    /** For a write from one buffer; guarded by the write lock. */
    private final ByteBuffer[] oneSource = new ByteBuffer[1];

    /** Guards the writes of all that follows; taken last and for a few instructions. */
    private final Object stateLock = new Object();

    private volatile State state = State.UNCONNECTED;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private volatile InetSocketAddress localAddress;
    private volatile InetSocketAddress remoteAddress;

    private final ModuleKeys keys = new ModuleKeys();

    ModuleSocketChannel(SelectorProvider provider, ModuleSocket socket, String portName) {
        super(provider);
        this.socket = socket;
        this.fromModule = socket::read;
        this.toModule = socket::write;
        this.portName = portName;
        socket.setChangeListener(this::tellKeys);
    }

    /** Makes the channel of a connection that the module has accepted. */
    ModuleSocketChannel(
            SelectorProvider provider, ModuleSocket socket, String portName, InetSocketAddress remoteAddress) {
        this(provider, socket, portName);
        this.remoteAddress = remoteAddress;
        this.localAddress = socket.localAddress();
        this.state = State.CONNECTED;
    }

    // -- state, addresses, options --

    @Override
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    @Override
    public boolean isConnectionPending() {
        return state == State.PENDING;
    }

    @Override
    boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    InetSocketAddress localAddressOrNull() {
        return localAddress;
    }

    @Override
    InetSocketAddress remoteAddressOrNull() {
        return remoteAddress;
    }

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

    @Override
    public SocketChannel bind(SocketAddress local) throws IOException {
        lockBoth();
        try {
            synchronized (stateLock) {
                ensureOpen();
                if (state == State.PENDING) {
                    throw new ConnectionPendingException();
                }
                if (localAddress != null) {
                    throw new AlreadyBoundException();
                }
                checkLocal(local);
                localAddress = ANY_LOCAL;
            }
        } finally {
            unlockBoth();
        }
        return this;
    }

    private static void checkLocal(SocketAddress local) throws SocketException {
        if (local == null) {
            return;
        }
        if (!(local instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        Addresses.checkLocal(inet);
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        if (ModemSocketOptions.ACCESS_MODE.equals(name)) {
            ensureOpen();
            socket.setAccessMode(ModemSocketOptions.ACCESS_MODE.type().cast(Objects.requireNonNull(value, "value")));
            return this;
        }
        options.checkSupported(name);
        ensureOpen();
        options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        if (ModemSocketOptions.ACCESS_MODE.equals(name)) {
            ensureOpen();
            return name.type().cast(socket.accessMode());
        }
        options.checkSupported(name);
        ensureOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return SUPPORTED_OPTIONS;
    }

    // -- connect --

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        return connect(checkRemote(remote), NO_TIMEOUT, false);
    }

    @Override
    void connectBlocking(SocketAddress remote, int timeoutMillis) throws IOException {
        connect(checkRemote(remote), timeoutMillis, true);
    }

    private static InetSocketAddress checkRemote(SocketAddress remote) {
        Objects.requireNonNull(remote, "remote");
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        Addresses.checkDestination(inet);
        return inet;
    }

    private boolean connect(InetSocketAddress remote, long timeoutMillis, boolean forAdaptor) throws IOException {
        try {
            lockBoth();
            try {
                ensureOpen();
                boolean blocking = isBlocking();
                if (forAdaptor && !blocking) {
                    throw new IllegalBlockingModeException();
                }
                boolean connected = false;
                try {
                    if (blocking) {
                        begin();
                    }
                    startConnect(remote, timeoutMillis);
                    // A fast module may have connected by now. That is left to finishConnect() all the same: code that
                    // has only ever met a network waits for OP_CONNECT, whatever this returns.
                    connected = blocking && awaitConnected(timeoutMillis);
                } finally {
                    endConnect(blocking, connected);
                }
                return connected;
            } finally {
                unlockBoth();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void startConnect(InetSocketAddress remote, long timeoutMillis) throws IOException {
        synchronized (stateLock) {
            ensureOpen();
            if (state == State.CONNECTED) {
                throw new AlreadyConnectedException();
            }
            if (state == State.PENDING) {
                throw new ConnectionPendingException();
            }
            state = State.PENDING;
            remoteAddress = remote;
        }
        try {
            socket.connect(Addresses.hostOf(remote), remote.getPort(), timeoutMillis);
        } catch (IllegalArgumentException e) {
            forgetConnect();
            throw e;
        } catch (IllegalStateException e) {
            if (isOpen()) {
                throw e;
            }
            throw new AsynchronousCloseException(); // closed by another thread since, and its socket with it
        }
    }

    /** After a host or port that cannot be put into a command: the channel may be connected to another. */
    private void forgetConnect() {
        synchronized (stateLock) {
            if (state == State.PENDING) {
                state = State.UNCONNECTED;
                remoteAddress = null;
            }
        }
    }

    /** Returns true once the module has reported the connection; throws what it reported instead. */
    private boolean hasConnected() throws IOException {
        return switch (socket.state()) {
            case UNCONNECTED, CONNECTING -> false;
            case CONNECTED -> true;
            case FAILED -> throw socket.failure();
            case CLOSED -> throw new AsynchronousCloseException();
        };
    }

    private boolean awaitConnected(long timeoutMillis) throws IOException {
        long deadlineNanos = Deadlines.after(timeoutMillis);
        for (; ; ) {
            long stamp = socket.changeStamp();
            boolean timedOut = Deadlines.isPast(deadlineNanos);
            // the module was given the same time, and may be the first to tell
            if (timedOut ? socket.state() == ModuleSocket.State.CONNECTED : hasConnected()) {
                return true;
            }
            if (!isOpen()) {
                return false; // endConnect throws
            }
            if (timedOut) {
                throw connectTimedOut();
            }
            socket.awaitChange(stamp, deadlineNanos);
        }
    }

    private IOException connectTimedOut() {
        SocketTimeoutException timedOut = new SocketTimeoutException("Connect timed out"); // the JDK's words
        timedOut.initCause(socket.failure());
        return timedOut;
    }

    private void endConnect(boolean blocking, boolean connected) throws AsynchronousCloseException {
        if (blocking) {
            end(connected);
        }
        if (connected) {
            synchronized (stateLock) {
                if (state == State.PENDING) {
                    state = State.CONNECTED;
                    localAddress = socket.localAddress();
                }
            }
            tellKeys();
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        try {
            lockBoth();
            try {
                if (isConnected()) {
                    return true;
                }
                ensureOpen();
                boolean blocking = isBlocking();
                boolean connected = false;
                try {
                    if (blocking) {
                        begin();
                    }
                    ensureOpen();
                    if (state != State.PENDING) {
                        throw new NoConnectionPendingException();
                    }
                    connected = blocking ? awaitConnected(NO_TIMEOUT) : hasConnected();
                } finally {
                    endConnect(blocking, connected);
                }
                return connected;
            } finally {
                unlockBoth();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    // -- read --

    @Override
    public int read(ByteBuffer target) throws IOException {
        Objects.requireNonNull(target, "target");
        readLock.lock();
        try {
            ensureOpenAndConnected();
            oneTarget[0] = target;
            return (int) receive(oneTarget, 0, 1, isBlocking(), NO_TIMEOUT);
        } finally {
            oneTarget[0] = null;
            readLock.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        readLock.lock();
        try {
            ensureOpenAndConnected();
            return receive(targets, offset, length, isBlocking(), NO_TIMEOUT);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    int readBlocking(ByteBuffer target, int timeoutMillis) throws IOException {
        readLock.lock();
        try {
            ensureOpenAndConnected();
            if (!isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            oneTarget[0] = target;
            return (int) receive(oneTarget, 0, 1, true, timeoutMillis);
        } finally {
            oneTarget[0] = null;
            readLock.unlock();
        }
    }

    private static void checkTargets(ByteBuffer[] targets, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer"); // the JDK's words
            }
        }
    }

    private long receive(ByteBuffer[] targets, int offset, int length, boolean blocking, long timeoutMillis)
            throws IOException {
        checkTargets(targets, offset, length);
        long count = 0;
        try {
            if (blocking) {
                begin();
                ensureOpen();
            }
            if (inputShutdown) {
                return -1;
            }
            if (remaining(targets, offset, length) > 0) {
                count = blocking
                        ? awaitBytes(targets, offset, length, timeoutMillis)
                        : move(targets, offset, length, fromModule);
            }
            return count;
        } catch (IOException e) {
            // the module's socket has an exception of its own for a closed socket
            throw isOpen() ? e : new AsynchronousCloseException();
        } finally {
            if (blocking) {
                end(count > 0);
            }
        }
    }

    private long awaitBytes(ByteBuffer[] targets, int offset, int length, long timeoutMillis) throws IOException {
        long deadlineNanos = Deadlines.after(timeoutMillis);
        for (; ; ) {
            long stamp = socket.changeStamp();
            long count = move(targets, offset, length, fromModule);
            if (count != 0 || !isOpen()) {
                return count;
            }
            if (Deadlines.isPast(deadlineNanos)) {
                throw new SocketTimeoutException("Read timed out"); // the JDK's words
            }
            socket.awaitChange(stamp, deadlineNanos);
        }
    }

    // -- write --

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source, "source");
        writeLock.lock();
        try {
            ensureOpenAndConnected();
            oneSource[0] = source;
            return (int) send(oneSource, 0, 1, isBlocking(), false);
        } finally {
            oneSource[0] = null;
            writeLock.unlock();
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        writeLock.lock();
        try {
            ensureOpenAndConnected();
            return send(sources, offset, length, isBlocking(), false);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    int available() throws IOException {
        ensureOpenAndConnected();
        return inputShutdown ? 0 : socket.bytesReadable();
    }

    @Override
    void writeBlocking(ByteBuffer source) throws IOException {
        writeLock.lock();
        try {
            ensureOpenAndConnected();
            if (!isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            oneSource[0] = source;
            send(oneSource, 0, 1, true, true);
        } finally {
            oneSource[0] = null;
            writeLock.unlock();
        }
    }

    /**
     * Sends, in blocking mode all there is.
     *
     * @param allOrThrow true if a close that leaves a part unsent is to be told at once, as a stream does; a channel
     *     returns the count of that part, and tells of the close the next time
     */
    private long send(ByteBuffer[] sources, int offset, int length, boolean blocking, boolean allOrThrow)
            throws IOException {
        long size = remaining(sources, offset, length);
        long count = 0;
        boolean started = false;
        try {
            if (blocking) {
                begin();
                ensureOpen();
            }
            if (outputShutdown) {
                throw new ClosedChannelException();
            }
            started = true;
            count = blocking
                    ? awaitSent(sources, offset, length, size, allOrThrow)
                    : move(sources, offset, length, toModule);
        } catch (IOException e) {
            boolean closedMeanwhile = started && (outputShutdown || !isOpen());
            throw closedMeanwhile ? new AsynchronousCloseException() : e;
        } finally {
            if (blocking) {
                end(allOrThrow ? count == size : count > 0);
            }
        }
        boolean sentEnough = allOrThrow ? count == size : count > 0;
        if (outputShutdown && !sentEnough && size > 0) {
            throw new AsynchronousCloseException();
        }
        return count;
    }

    private long awaitSent(ByteBuffer[] sources, int offset, int length, long size, boolean allOrThrow)
            throws IOException {
        long count = 0;
        for (; ; ) {
            long stamp = socket.changeStamp();
            try {
                count += move(sources, offset, length, toModule);
            } catch (IOException e) {
                if (count > 0 && !allOrThrow) {
                    return count;
                }
                throw e;
            }
            if (count == size || !isOpen() || outputShutdown) {
                return count;
            }
            socket.awaitChange(stamp, Long.MAX_VALUE);
        }
    }

    /**
     * Moves the buffers in turn as far as it goes now, as one stream. Whatever ends the stream after some bytes, its
     * end or a failure, shows the next time.
     *
     * @return the number of bytes; for the first move of all, what the mover returned instead of bytes
     */
    private static long move(ByteBuffer[] buffers, int offset, int length, Mover mover) throws IOException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer buffer = buffers[i];
            while (buffer.hasRemaining()) {
                int n;
                try {
                    n = mover.move(buffer);
                } catch (IOException e) {
                    if (count > 0) {
                        return count;
                    }
                    throw e;
                }
                if (n <= 0) {
                    return count > 0 ? count : n;
                }
                count += n;
            }
        }
        return count;
    }

    // -- shutdown and close --

    @Override
    public SocketChannel shutdownInput() throws IOException {
        synchronized (stateLock) {
            ensureOpenAndConnected();
            inputShutdown = true;
        }
        socket.shutdownInput();
        tellOfOwnChange();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        synchronized (stateLock) {
            ensureOpenAndConnected();
            outputShutdown = true;
        }
        socket.shutdownOutput();
        tellOfOwnChange();
        return this;
    }

    /**
     * Only turns the state, lets waiting threads go and has the close done in the background: on JDK 17
     * {@code Thread.interrupt()} of a thread in a blocking operation runs this, under locks of the JDK. The keys are
     * cancelled by the caller afterwards.
     */
    @Override
    protected void implCloseSelectableChannel() {
        synchronized (stateLock) {
            state = State.CLOSED;
        }
        socket.close();
        tellOfOwnChange();
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

    // -- selection --

    /**
     * Returns which of the operations the channel is ready for. Read and write are never ready before the connect is
     * finished, nor connect after; a connect that has failed makes all ready, so that whatever is asked for leads to
     * {@code finishConnect}. Called by selecting threads, without a lock.
     */
    @Override
    public int readyOps(int interestOps) {
        return switch (state) {
            case UNCONNECTED, CLOSED -> 0;
            case PENDING -> readyOpsWhilePending(interestOps);
            case CONNECTED -> readyOpsWhileConnected(interestOps);
        };
    }

    private int readyOpsWhileConnected(int interestOps) {
        int ready = 0;
        if ((interestOps & SelectionKey.OP_READ) != 0 && (inputShutdown || socket.isReadable())) {
            ready |= SelectionKey.OP_READ;
        }
        if ((interestOps & SelectionKey.OP_WRITE) != 0 && (outputShutdown || socket.isWritable())) {
            ready |= SelectionKey.OP_WRITE;
        }
        return ready;
    }

    private int readyOpsWhilePending(int interestOps) {
        return switch (socket.state()) {
            case UNCONNECTED, CONNECTING -> 0;
            case CONNECTED -> interestOps & SelectionKey.OP_CONNECT;
            case FAILED, CLOSED -> interestOps;
        };
    }

    @Override
    public ModuleKeys keys() {
        return keys;
    }

    @Override
    public SelectableChannel selectable() {
        return this;
    }

    /** The module's socket calls this after every change, on threads that must not be held up. */
    private void tellKeys() {
        keys.tell();
    }

    /** For a change of this channel that its socket may not tell of: wakes who is parked, and the selectors. */
    private void tellOfOwnChange() {
        socket.signalChange();
        tellKeys();
    }

    // -- helpers --

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
        if (state == State.CLOSED || !isOpen()) {
            throw new ClosedChannelException();
        }
        if (state != State.CONNECTED) {
            throw new NotYetConnectedException();
        }
    }

    private static long remaining(ByteBuffer[] buffers, int offset, int length) {
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            bytes += buffers[i].remaining();
        }
        return bytes;
    }

    /** Names the port, the module's index of the socket while it has one, and where the channel is in its life. */
    @Override
    public String toString() {
        return "ModuleSocketChannel[port=" + portName + ", index=" + socket.index() + ", state=" + state + ", remote="
                + remoteAddress + "]";
    }
}
