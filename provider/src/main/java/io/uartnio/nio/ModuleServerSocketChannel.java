package io.uartnio.nio;

import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.Deadlines;
import io.uartnio.socket.face.LocalPorts;
import io.uartnio.socket.face.RememberedOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A port of the module that connections are taken at, as a {@link ServerSocketChannel}. A bind asks the module and
 * waits for its answer, in non-blocking mode too; whoever interrupts it closes the channel. Any thread may call
 * anything. Where the channel differs from the JDK's on purpose is told by {@link ModuleSelectorProvider}.
 */
final class ModuleServerSocketChannel extends ServerSocketChannel implements ModuleChannel {

    /** For a timed operation: no limit. */
    static final long NO_TIMEOUT = 0;

    /** The JDK's, for a caller who names none. */
    private static final int DEFAULT_BACKLOG = 50;

    private final ModuleSockets sockets;
    private final ModuleServerSocketAdaptor adaptor;
    private final RememberedOptions options = RememberedOptions.ofServer();
    private final ModuleKeys keys = new ModuleKeys();

    /** One accept or one bind at a time. */
    private final ReentrantLock acceptLock = new ReentrantLock();

    /** Guards the writes of what follows; taken last and for a few instructions. */
    private final Object stateLock = new Object();

    private volatile boolean closed;
    /** The module's socket from the bind on, one that did not get its port before. */
    private volatile ModuleServerSocket server;

    private volatile InetSocketAddress localAddress;

    ModuleServerSocketChannel(SelectorProvider provider, ModuleSockets sockets) {
        super(provider);
        this.sockets = sockets;
        this.adaptor = ModuleServerSocketAdaptor.create(this);
    }

    // -- bind --

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
        acceptLock.lock();
        try {
            ensureOpen();
            if (localAddress != null) {
                throw new AlreadyBoundException();
            }
            int port = LocalPorts.check(local);
            LocalPorts.bind(port, chosen -> listen(chosen, backlog < 1 ? DEFAULT_BACKLOG : backlog));
        } finally {
            acceptLock.unlock();
        }
        return this;
    }

    private void listen(int port, int backlog) throws IOException {
        ModuleServerSocket socket = sockets.createServer();
        socket.setChangeListener(keys::tell);
        boolean listening = false;
        try {
            begin();
            take(socket);
            socket.listen(port, backlog);
            listening = awaitListening(socket);
        } catch (IllegalStateException e) {
            if (isOpen()) {
                throw e;
            }
            throw new AsynchronousCloseException(); // closed by another thread, and its socket with it
        } finally {
            if (!listening) {
                socket.close();
            }
            end(listening);
        }
        synchronized (stateLock) {
            localAddress = socket.localAddress();
        }
        keys.tell();
    }

    private void take(ModuleServerSocket socket) throws ClosedChannelException {
        synchronized (stateLock) {
            if (closed) {
                throw new AsynchronousCloseException();
            }
            server = socket;
        }
    }

    /** Returns false if the channel was closed meanwhile. */
    private boolean awaitListening(ModuleServerSocket socket) throws IOException {
        for (; ; ) {
            long stamp = socket.changeStamp();
            switch (socket.state()) {
                case LISTENING -> {
                    return true;
                }
                case FAILED -> throw socket.failure();
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
            socket.awaitChange(stamp, Long.MAX_VALUE);
        }
    }

    // -- accept --

    @Override
    public SocketChannel accept() throws IOException {
        return accept(NO_TIMEOUT, false);
    }

    /**
     * Accepts within a time limit.
     *
     * @throws SocketTimeoutException if the time has passed
     * @throws IllegalBlockingModeException if the channel is in non-blocking mode
     */
    SocketChannel acceptBlocking(long timeoutMillis) throws IOException {
        return accept(timeoutMillis, true);
    }

    private SocketChannel accept(long timeoutMillis, boolean forAdaptor) throws IOException {
        acceptLock.lock();
        try {
            ensureOpen();
            boolean blocking = isBlocking();
            if (forAdaptor && !blocking) {
                throw new IllegalBlockingModeException();
            }
            if (localAddress == null) {
                throw new NotYetBoundException();
            }
            ModuleServerSocket.Accepted accepted = null;
            try {
                if (blocking) {
                    begin();
                }
                ensureOpen();
                accepted = blocking ? await(timeoutMillis) : server.accept();
            } catch (IOException e) {
                // the module's socket has an exception of its own for a closed socket
                throw isOpen() ? e : new AsynchronousCloseException();
            } finally {
                if (blocking) {
                    end(accepted != null);
                }
            }
            return accepted == null
                    ? null
                    : new ModuleSocketChannel(provider(), accepted.socket(), sockets.portName(), accepted.remote());
        } finally {
            acceptLock.unlock();
        }
    }

    private ModuleServerSocket.Accepted await(long timeoutMillis) throws IOException {
        long deadlineNanos = Deadlines.after(timeoutMillis);
        for (; ; ) {
            long stamp = server.changeStamp();
            ModuleServerSocket.Accepted accepted = server.accept();
            if (accepted != null || !isOpen()) {
                return accepted;
            }
            if (Deadlines.isPast(deadlineNanos)) {
                throw new SocketTimeoutException("Accept timed out"); // the JDK's words
            }
            server.awaitChange(stamp, deadlineNanos);
        }
    }

    // -- addresses, options --

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        ensureOpen();
        return localAddress;
    }

    /** Returns the address, also of a closed channel. */
    InetSocketAddress localAddressOrNull() {
        return localAddress;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
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
    public ServerSocket socket() {
        return adaptor;
    }

    // -- close, selection --

    /** Only turns the state and has the rest done in the background; see {@link ModuleSocketChannel}. */
    @Override
    protected void implCloseSelectableChannel() {
        ModuleServerSocket socket;
        synchronized (stateLock) {
            closed = true;
            socket = server;
        }
        if (socket != null) {
            socket.close();
        }
        keys.tell();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        acceptLock.lock();
        try {
            ensureOpen();
        } finally {
            acceptLock.unlock();
        }
    }

    @Override
    public SelectableChannel selectable() {
        return this;
    }

    @Override
    public int readyOps(int interestOps) {
        return localAddress != null && !closed && server.isAcceptable() ? interestOps & SelectionKey.OP_ACCEPT : 0;
    }

    @Override
    public ModuleKeys keys() {
        return keys;
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /** Returns the address of a bound one for {@link ServerSocket}. */
    InetAddress inetAddressOrNull() {
        InetSocketAddress local = localAddress;
        return local == null ? null : local.getAddress();
    }

    /** Names the port of the line, the module's index of the socket while it has one, and the local address. */
    @Override
    public String toString() {
        ModuleServerSocket socket = server;
        return "ModuleServerSocketChannel[port=" + sockets.portName() + ", index="
                + (socket == null ? -1 : socket.index()) + ", local=" + localAddress + ", open=" + isOpen() + "]";
    }
}
