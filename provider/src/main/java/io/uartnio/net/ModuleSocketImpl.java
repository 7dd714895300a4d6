package io.uartnio.net;

import io.uartnio.ModemSocketOptions;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.Deadlines;
import io.uartnio.socket.face.RememberedOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One socket of the module under a {@link Socket}. Built like the JDK's own: a read lock, held by a connect too, and a
 * write lock, each for a whole operation, and a short one for the state, never held while anything waits. So the two
 * directions have nothing in common, and {@code Socket} itself adds the checks of its state, with the JDK's words. A
 * blocking operation parks in {@link ModuleSocket#awaitChange}: a virtual thread gives up its carrier. Any thread may
 * call anything.
 */
final class ModuleSocketImpl extends SocketImpl {

    /** Where the socket is in its life; it only ever moves down this list, but for a refused host or port. */
    private enum State {
        /** Made. */
        UNCONNECTED,
        /** {@code connect} was called and has not returned. */
        CONNECTING,
        /** {@code connect} has seen the connection. It may since have ended. */
        CONNECTED,
        /** {@code close} was called, by the user or behind a failed connect. */
        CLOSED
    }

    /** The options that {@link SocketOptions} names by numbers, but for those that take two types. */
    private static final Map<Integer, SocketOption<?>> NUMBERED = Map.of(
            SocketOptions.TCP_NODELAY,
            StandardSocketOptions.TCP_NODELAY,
            SocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_KEEPALIVE,
            SocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEADDR,
            SocketOptions.SO_REUSEPORT,
            StandardSocketOptions.SO_REUSEPORT,
            SocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_SNDBUF,
            SocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_RCVBUF,
            SocketOptions.IP_TOS,
            StandardSocketOptions.IP_TOS);

    private static final Set<SocketOption<?>> SUPPORTED_OPTIONS =
            RememberedOptions.ofTcpAndModule().supported();

    private static final InetAddress ANY_ADDRESS = new InetSocketAddress(0).getAddress();
    private static final byte[] UNKNOWN_ADDRESS = new byte[4];

    private final ModuleSocket socket;
    private final RememberedOptions options = RememberedOptions.ofTcp();

    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();

    /** Guards the writes of the state. */
    private final Object stateLock = new Object();

    private volatile State state = State.UNCONNECTED;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private volatile int timeoutMillis;
    private volatile InetSocketAddress remote;

    /** A read has seen the end of the stream, and every other sees it too, on a closed socket as well: as the JDK's. */
    private boolean ended; // guarded by the read lock

    ModuleSocketImpl(ModuleSocket socket) {
        this.socket = socket;
    }

    @Override
    protected void create(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("datagrams are not offered over a module");
        }
    }

    /** Returns what can be said of the module's TLS, or null before the connection and without TLS. */
    TlsSessionInfo tlsSession() {
        return socket.tlsSession();
    }

    // -- addresses --

    /**
     * Returns the remote address. One that only the module resolves is the wildcard with the name: legacy code asks a
     * connected socket for its address and does not expect null, and so does the JDK's Flight Recorder.
     */
    @Override
    protected InetAddress getInetAddress() {
        InetSocketAddress known = remote;
        return known == null ? null : known.getAddress();
    }

    @Override
    protected int getPort() {
        InetSocketAddress known = remote;
        return known == null ? 0 : known.getPort();
    }

    @Override
    protected int getLocalPort() {
        InetSocketAddress local = socket.localAddress();
        return local == null ? 0 : local.getPort();
    }

    private InetAddress localAddress() {
        InetSocketAddress local = socket.localAddress();
        return local == null ? ANY_ADDRESS : local.getAddress();
    }

    /** Returns the same destination with an address that is not null. */
    private static InetSocketAddress withAddress(InetSocketAddress remote) throws UnknownHostException {
        if (!remote.isUnresolved()) {
            return remote;
        }
        InetAddress numeric = Addresses.numericOrNull(remote.getHostString());
        return new InetSocketAddress(
                numeric == null ? InetAddress.getByAddress(remote.getHostString(), UNKNOWN_ADDRESS) : numeric,
                remote.getPort());
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        Addresses.checkLocal(new InetSocketAddress(host, port));
        ensureOpen();
    }

    // -- connect --

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(InetSocketAddress.createUnresolved(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
        connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void connect(SocketAddress destination, int timeoutMillis) throws IOException {
        if (!(destination instanceof InetSocketAddress inet)) {
            throw new IOException("unsupported type of address: address=" + destination);
        }
        Addresses.checkDestination(inet);
        try {
            readLock.lock();
            try {
                startConnect(inet, timeoutMillis);
                awaitConnected(Deadlines.after(timeoutMillis));
            } finally {
                readLock.unlock();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void startConnect(InetSocketAddress destination, int timeoutMillis) throws IOException {
        if (destination.getPort() == 0) {
            throw new ConnectException("port 0 is no destination: address=" + destination);
        }
        synchronized (stateLock) {
            ensureOpen();
            if (state != State.UNCONNECTED) {
                throw new SocketException(state == State.CONNECTED ? "Already connected" : "Connection in progress");
            }
            state = State.CONNECTING;
            remote = withAddress(destination);
        }
        try {
            socket.connect(Addresses.hostOf(destination), destination.getPort(), timeoutMillis);
        } catch (IllegalArgumentException e) {
            forgetConnect();
            throw e;
        } catch (IllegalStateException e) {
            ensureOpen(); // closed by another thread since, and the module's socket with it
            throw e;
        }
    }

    /** After a host that cannot be put into a command: the socket may be connected to another. */
    private void forgetConnect() {
        synchronized (stateLock) {
            if (state == State.CONNECTING) {
                state = State.UNCONNECTED;
                remote = null;
            }
        }
    }

    private void awaitConnected(long deadlineNanos) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                long stamp = socket.changeStamp();
                ensureOpen();
                boolean timedOut = Deadlines.isPast(deadlineNanos);
                if (socket.state() == ModuleSocket.State.CONNECTED) {
                    setConnected();
                    return;
                }
                IOException failure = socket.failure();
                // the module was given the same time, and may be the first to tell
                boolean timedOutThere = failure instanceof SocketTimeoutException && deadlineNanos != Deadlines.NONE;
                if (timedOut || timedOutThere) {
                    throw withCause(new SocketTimeoutException("Connect timed out"), failure); // the JDK's words
                }
                if (failure != null) {
                    throw failure;
                }
                interrupted |= awaitChange(stamp, deadlineNanos);
            }
        } catch (InterruptedIOException e) {
            if (e instanceof SocketTimeoutException) {
                throw e;
            }
            close();
            throw withCause(new SocketException("Closed by interrupt"), e); // the JDK's words
        } finally {
            restoreInterrupt(interrupted);
        }
    }

    private void setConnected() throws SocketException {
        synchronized (stateLock) {
            ensureOpen();
            state = State.CONNECTED;
        }
    }

    // -- read --

    @Override
    protected InputStream getInputStream() {
        return new Input();
    }

    @Override
    protected int available() throws IOException {
        ensureConnected();
        return inputShutdown ? 0 : socket.bytesReadable();
    }

    private int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        long deadlineNanos = Deadlines.after(timeoutMillis);
        lockForReading(deadlineNanos);
        try {
            int count = ended ? -1 : awaitBytes(ByteBuffer.wrap(bytes, offset, length), deadlineNanos);
            ended = count < 0;
            return count;
        } finally {
            readLock.unlock();
        }
    }

    /** The time that another reader takes counts. */
    private void lockForReading(long deadlineNanos) throws SocketTimeoutException {
        if (deadlineNanos == Deadlines.NONE) {
            readLock.lock();
            return;
        }
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    if (readLock.tryLock(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    throw readTimedOut();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            restoreInterrupt(interrupted);
        }
    }

    private int awaitBytes(ByteBuffer target, long deadlineNanos) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                long stamp = socket.changeStamp();
                ensureConnected();
                if (inputShutdown) {
                    return -1;
                }
                int count = receive(target);
                if (count != 0) {
                    return count;
                }
                if (Deadlines.isPast(deadlineNanos)) {
                    throw readTimedOut();
                }
                interrupted |= awaitChange(stamp, deadlineNanos);
            }
        } finally {
            restoreInterrupt(interrupted);
        }
    }

    private int receive(ByteBuffer target) throws IOException {
        try {
            return socket.read(target);
        } catch (IOException e) {
            throw told(e);
        }
    }

    private static SocketTimeoutException readTimedOut() {
        return new SocketTimeoutException("Read timed out"); // the JDK's words
    }

    // -- write --

    @Override
    protected OutputStream getOutputStream() {
        return new Output();
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return;
        }
        boolean interrupted = false;
        writeLock.lock();
        try {
            ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
            while (source.hasRemaining()) {
                long stamp = socket.changeStamp();
                ensureConnected();
                if (send(source) == 0) {
                    interrupted |= awaitChange(stamp, Deadlines.NONE);
                }
            }
        } finally {
            writeLock.unlock();
            restoreInterrupt(interrupted);
        }
    }

    private int send(ByteBuffer source) throws IOException {
        if (outputShutdown) {
            throw new SocketException("output is shut down");
        }
        try {
            return socket.write(source);
        } catch (IOException e) {
            throw told(e);
        }
    }

    // -- shutdown and close --

    @Override
    protected void shutdownInput() throws IOException {
        ensureConnected();
        inputShutdown = true;
        socket.shutdownInput();
        socket.signalChange();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        ensureConnected();
        outputShutdown = true;
        socket.shutdownOutput();
        socket.signalChange();
    }

    /** Returns at once; what was written is sent in the background. Who waits learns of it. */
    @Override
    protected void close() {
        synchronized (stateLock) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
        }
        socket.close();
        socket.signalChange();
    }

    // -- options --

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return SUPPORTED_OPTIONS;
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
        ensureOpen();
        if (ModemSocketOptions.ACCESS_MODE.equals(name)) {
            socket.setAccessMode(ModemSocketOptions.ACCESS_MODE.type().cast(Objects.requireNonNull(value, "value")));
        } else {
            options.checkSupported(name);
            options.set(name, value);
        }
    }

    @Override
    protected <T> T getOption(SocketOption<T> name) throws IOException {
        ensureOpen();
        if (ModemSocketOptions.ACCESS_MODE.equals(name)) {
            return name.type().cast(socket.accessMode());
        }
        options.checkSupported(name);
        return options.get(name);
    }

    @Override
    public void setOption(int number, Object value) throws SocketException {
        ensureOpen();
        switch (number) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis = (Integer) value;
            case SocketOptions.SO_LINGER ->
                // false turns it off, a number sets it
                options.set(StandardSocketOptions.SO_LINGER, value instanceof Integer seconds ? seconds : -1);
            case SocketOptions.SO_OOBINLINE -> {
                if (!Boolean.FALSE.equals(value)) {
                    throw new SocketException("urgent data is not told of by the module");
                }
            }
            default -> set(numbered(number), value);
        }
    }

    @Override
    public Object getOption(int number) throws SocketException {
        if (number == SocketOptions.SO_BINDADDR) {
            return localAddress();
        }
        ensureOpen();
        return switch (number) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis;
            case SocketOptions.SO_LINGER -> options.get(StandardSocketOptions.SO_LINGER);
            case SocketOptions.SO_OOBINLINE -> false;
            default -> options.get(numbered(number));
        };
    }

    private <T> void set(SocketOption<T> name, Object value) {
        options.set(name, name.type().cast(value));
    }

    private static SocketOption<?> numbered(int number) throws SocketException {
        SocketOption<?> name = NUMBERED.get(number);
        if (name == null) {
            throw new SocketException("socket option not supported: option=" + number);
        }
        return name;
    }

    /** No module has a command for it. */
    @Override
    protected boolean supportsUrgentData() {
        return false;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new SocketException("urgent data cannot be sent by the module");
    }

    // -- of a server --

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("module's socket is a client's");
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
        throw new SocketException("module's socket is a client's");
    }

    // -- helpers --

    /**
     * Parks until the module's socket may have changed. An interrupt is what it is to the JDK's sockets: a virtual
     * thread's ends the operation, and {@link Socket} closes itself then; a platform thread's is left for later.
     *
     * @return true if an interrupt was taken off the thread, to be put back when the operation ends
     */
    private boolean awaitChange(long stamp, long deadlineNanos) throws InterruptedIOException {
        socket.awaitChange(stamp, deadlineNanos);
        if (!VirtualThreads.isCurrent()) {
            return Thread.interrupted();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        return false;
    }

    private static void restoreInterrupt(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void ensureOpen() throws SocketException {
        if (state == State.CLOSED) {
            throw new SocketException("Socket closed"); // the JDK's words
        }
    }

    private void ensureConnected() throws SocketException {
        ensureOpen();
        if (state != State.CONNECTED) {
            throw new SocketException("Not connected"); // the JDK's words
        }
    }

    /** Returns what a stream throws for what the module's socket has thrown: a {@link SocketException}, as the JDK's. */
    private SocketException told(IOException e) {
        if (state == State.CLOSED) {
            return new SocketException("Socket closed");
        }
        return withCause(new SocketException(e.getMessage()), e);
    }

    private static <E extends IOException> E withCause(E exception, IOException cause) {
        exception.initCause(cause);
        return exception;
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
            return ModuleSocketImpl.this.read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return ModuleSocketImpl.this.available();
        }

        @Override
        public void close() {
            ModuleSocketImpl.this.close();
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
            ModuleSocketImpl.this.write(bytes, offset, length);
        }

        @Override
        public void close() {
            ModuleSocketImpl.this.close();
        }
    }
}
