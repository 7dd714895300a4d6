package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.LateModem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One of the module's sockets as a Netty channel, on any event loop:
 *
 * <pre>{@code
 * new Bootstrap().group(anyEventLoopGroup)
 *         .channelFactory(ModemSocketChannel.factory(modem))
 *         .resolver(ModemAddressResolverGroup.INSTANCE)
 *         .handler(...)
 *         .connect("example.org", 1883);
 * }</pre>
 *
 * <p>It behaves as Netty's own channels over TCP do, but for what follows.
 *
 * <ul>
 *   <li><b>Writes</b> are done when the module has taken their last byte, by {@code SEND OK}, and until then they count
 *       against the write buffer's water marks. A close fails those that the module has not taken yet, although what is
 *       already in the socket's buffer still leaves, within the modem's linger time.
 *   <li><b>Reads</b> take what the socket holds. While nobody reads, the socket's buffer fills, and then the module's,
 *       which closes its TCP window; see {@link AccessMode#ADAPTIVE}.
 *   <li><b>Unresolved addresses</b> are given to the module. The wildcard address is refused with an
 *       {@link IllegalArgumentException}, as a module has no loopback.
 *   <li><b>Connects</b> whose {@code CONNECT_TIMEOUT_MILLIS} is 0 have the modem's {@link Modem.Builder#connectTimeout}.
 *   <li><b>Half-close</b>: no module can send only a FIN. After {@link #shutdownOutput()} nothing can be written, and
 *       the peer sees the end of the stream when the channel is closed. The peer's end of the stream is shown as by
 *       Netty's channels if {@code ALLOW_HALF_CLOSURE} is set; writing after it fails as soon as the module refuses.
 *   <li><b>Reset</b>: the end of the stream; a module does not tell the two apart. A loss that it does tell of is an
 *       {@link IOException} by {@code exceptionCaught}.
 *   <li><b>Close</b> never blocks; {@code SO_LINGER} changes nothing.
 *   <li><b>Event loops</b> that end close their channels. {@code ManualIoEventLoop} is the exception: close the channel
 *       before it ends.
 * </ul>
 *
 * <p>Threads: as {@link Channel} says.
 */
public final class ModemSocketChannel extends AbstractModemChannel implements SocketChannel {

    /** Where the channel is in its life; it only ever moves down this list. Written by the event loop. */
    private enum State {
        /** Created. */
        OPEN,
        /** {@code connect} was called and the module has not reported the result. */
        CONNECTING,
        /** The module has reported the connection. */
        CONNECTED,
        /** {@code close} was called, or the connect failed. */
        CLOSED
    }

    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    /** Stands for the local address of a channel that was bound and is not connected, as the module chooses it. */
    private static final InetSocketAddress ANY_LOCAL = new InetSocketAddress("0.0.0.0", 0);

    /** The module's own limit comes after Netty's, so that it is always Netty's exception that tells of it. */
    private static final long LATER_MILLIS = 2_000;

    /** Null for an accepted connection. */
    private final ModuleSockets sockets;

    private final ModemSocketChannelConfig config;

    private volatile State state = State.OPEN;
    /** Null until the connect. */
    private volatile ModuleSocket socket;

    private volatile InetSocketAddress localAddress;
    private volatile InetSocketAddress remoteAddress;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;

    // The event loop's alone.
    private SendWindow sendWindow;

    private ReceivedBytes received;
    /** Somebody reads: what the read interest of a selection key is to Netty's NIO channel. */
    private boolean readInterest;
    /** {@code read()} was called and has not been served. */
    private boolean readPending;

    private boolean reading;
    private boolean endSeenByRead;
    /** Nothing can be handed to the socket until it tells of a change. */
    private boolean sendBlocked;

    private ChannelPromise connectPromise;
    private Future<?> connectTimeout;

    /**
     * Creates a channel of the modem that the system properties {@code uartnio.port}, {@code uartnio.apn} and so on
     * describe, see {@link Modem#open(java.util.Properties)}: for {@code Bootstrap.channel(ModemSocketChannel.class)}.
     * The first connect opens it, in the background; it is closed when the JVM ends. There is one in a JVM, which
     * {@code UartSelectorProvider} uses too.
     */
    public ModemSocketChannel() {
        this(LateModem.ofSystemProperties(), null);
    }

    /**
     * Creates a channel for plain TCP, unless {@link ModemChannelOption#TLS_PROFILE} is set.
     *
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public ModemSocketChannel(Modem modem) {
        this(ModuleSocketSource.of(modem).moduleSockets(), null);
    }

    ModemSocketChannel(ModuleSockets sockets, TlsProfile tlsProfile) {
        super(null);
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.config = new ModemSocketChannelConfig(this, tlsProfile);
    }

    /** Creates the channel of a connection that the module has accepted. */
    ModemSocketChannel(ModemServerSocketChannel parent, ModuleSocket accepted, InetSocketAddress remote) {
        super(parent);
        this.sockets = null;
        this.config = new ModemSocketChannelConfig(this, null);
        this.socket = accepted;
        this.sendWindow = new SendWindow(accepted);
        this.received = new ReceivedBytes(accepted);
        this.localAddress = accepted.localAddress();
        this.remoteAddress = remote;
        this.state = State.CONNECTED;
        accepted.setChangeListener(this::lookLater);
    }

    /**
     * Returns a factory of channels for plain TCP by this modem.
     *
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public static ChannelFactory<ModemSocketChannel> factory(Modem modem) {
        ModuleSockets sockets = ModuleSocketSource.of(modem).moduleSockets();
        return () -> new ModemSocketChannel(sockets, null);
    }

    /**
     * Returns a factory of channels to whose peers the module runs TLS as the modem's profile says. The line between
     * host and module carries the bytes in clear.
     *
     * @throws IllegalStateException if the builder of the modem was given no profile
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public static ChannelFactory<ModemSocketChannel> tlsFactory(Modem modem) {
        TlsProfile profile = ModuleSocketSource.of(modem).tlsProfile();
        if (profile == null) {
            throw new IllegalStateException("no TLS profile was given to the builder: port=" + modem.portName());
        }
        return tlsFactory(modem, profile);
    }

    /** As {@link #tlsFactory(Modem)}, with another profile. */
    public static ChannelFactory<ModemSocketChannel> tlsFactory(Modem modem, TlsProfile profile) {
        Objects.requireNonNull(profile, "profile");
        ModuleSockets sockets = ModuleSocketSource.of(modem).moduleSockets();
        return () -> new ModemSocketChannel(sockets, profile);
    }

    // -- what the channel is --

    @Override
    public ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public ModemSocketChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.CONNECTED;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected SocketAddress localAddress0() {
        return localAddress;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remoteAddress;
    }

    AccessMode socketAccessMode() {
        ModuleSocket made = socket;
        return made == null ? null : made.accessMode();
    }

    void setSocketAccessMode(AccessMode mode) throws IOException {
        ModuleSocket made = socket;
        if (made != null) {
            made.setAccessMode(mode);
        }
    }

    void setSocketHighWaterMark(int bytes) {
        ModuleSocket made = socket;
        if (made != null) {
            made.setReceiveHighWaterMark(bytes);
        }
    }

    // -- bind, connect --

    @Override
    protected void doBind(SocketAddress local) throws IOException {
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (state == State.CONNECTING) {
            throw new ConnectionPendingException();
        }
        if (localAddress != null) {
            throw new AlreadyBoundException();
        }
        if (local != null) {
            Addresses.checkLocal(internet(local));
        }
        localAddress = ANY_LOCAL;
    }

    private static InetSocketAddress internet(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet;
        }
        throw new UnsupportedAddressTypeException();
    }

    private void startConnect(SocketAddress remote, SocketAddress local) throws IOException {
        if (local != null) {
            // What refuses a bind leaves the channel as it was, as with Netty's channel over NIO.
            doBind(local);
        }
        boolean started = false;
        try {
            InetSocketAddress to = internet(remote);
            if (state == State.CONNECTED) {
                throw new AlreadyConnectedException();
            }
            Addresses.checkDestination(to);
            ModuleSocket made = sockets.create(config.getTlsProfile());
            made.setChangeListener(this::lookLater);
            // First, so that an option that another thread sets now is seen here or finds the socket.
            socket = made;
            AccessMode mode = config.askedAccessMode();
            if (mode != null) {
                made.setAccessMode(mode);
            }
            Integer mark = config.getReceiveHighWaterMark();
            if (mark != null) {
                made.setReceiveHighWaterMark(mark);
            }
            sendWindow = new SendWindow(made);
            received = new ReceivedBytes(made);
            remoteAddress = to;
            state = State.CONNECTING;
            made.connect(Addresses.hostOf(to), to.getPort(), moduleTimeoutMillis());
            started = true;
        } finally {
            if (!started) {
                // As Netty's channel over NIO does after whatever refused a connect.
                doClose();
            }
        }
    }

    private long moduleTimeoutMillis() {
        int millis = config.getConnectTimeoutMillis();
        return millis == 0 ? 0 : millis + LATER_MILLIS;
    }

    /** The module may have reported the result of a connect. */
    private void finishConnect() {
        switch (socket.state()) {
            case UNCONNECTED, CONNECTING, CLOSED -> {}
            case CONNECTED -> onConnected();
            case FAILED -> onConnectFailed(socket.failure());
        }
    }

    @SuppressWarnings("deprecation") // "no use-case", but a bind gives an address that the connect replaces
    private void onConnected() {
        localAddress = socket.localAddress();
        invalidateLocalAddress();
        invalidateRemoteAddress();
        state = State.CONNECTED;
        ChannelPromise promise = connectPromise;
        endConnect();
        boolean told = promise.trySuccess();
        // Whatever became of the promise, or whoever was told has done: what has happened has happened.
        pipeline().fireChannelActive();
        if (!told) {
            unsafe().close(unsafe().voidPromise());
        }
    }

    private void onConnectFailed(IOException cause) {
        ChannelPromise promise = connectPromise;
        endConnect();
        doClose();
        ((ModemUnsafe) unsafe()).failConnect(promise, cause, remoteAddress);
    }

    private void endConnect() {
        connectPromise = null;
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
            connectTimeout = null;
        }
    }

    // -- close --

    @Override
    protected void doDisconnect() {
        doClose();
    }

    /** Only says so: what is left to be sent, the module's close and the freeing of its index go on in the background. */
    @Override
    protected void doClose() {
        state = State.CLOSED;
        ChannelPromise promise = connectPromise;
        endConnect();
        if (promise != null) {
            promise.tryFailure(new ClosedChannelException());
        }
        releaseSocket();
    }

    @Override
    void releaseSocket() {
        ModuleSocket made = socket;
        if (made != null) {
            made.close();
        }
    }

    // -- half-close --

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || !isActive();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || !isActive();
    }

    @Override
    public boolean isShutdown() {
        return (inputShutdown && outputShutdown) || !isActive();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inLoop(() -> {
            try {
                checkActive();
                shutDownInputNow();
                promise.setSuccess();
            } catch (IOException | RuntimeException e) {
                promise.setFailure(e);
            }
        });
        return promise;
    }

    private void shutDownInputNow() {
        inputShutdown = true;
        socket.shutdownInput();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        inLoop(() -> ((ModemUnsafe) unsafe()).shutdownOutput(promise));
        return promise;
    }

    @Override
    protected void doShutdownOutput() throws IOException {
        checkActive();
        outputShutdown = true;
        socket.shutdownOutput();
    }

    private void checkActive() throws ClosedChannelException {
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (state != State.CONNECTED) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownOutput()
                .addListener(output -> shutdownInput().addListener(input -> {
                    Throwable cause = output.cause() == null ? input.cause() : output.cause();
                    if (cause == null) {
                        promise.setSuccess();
                    } else {
                        promise.setFailure(cause);
                    }
                }));
        return promise;
    }

    private void inLoop(Runnable task) {
        EventLoop loop = eventLoop();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    // -- read --

    @Override
    protected void doBeginRead() {
        readPending = true;
        readInterest = true;
        if (!reading && isActive() && socket.isReadable()) {
            lookLater();
        }
    }

    /** Nobody reads any more, from whichever thread. */
    void clearReadInterest() {
        if (!isRegistered()) {
            readPending = false;
            readInterest = false;
            return;
        }
        EventLoop loop = eventLoop();
        if (loop.inEventLoop()) {
            clearReadInterestNow();
        } else {
            loop.execute(this::clearReadInterestNow);
        }
    }

    private void clearReadInterestNow() {
        readPending = false;
        readInterest = false;
    }

    @Override
    void look() {
        if (state == State.CONNECTING) {
            finishConnect();
        }
        ModemUnsafe unsafe = (ModemUnsafe) unsafe();
        if (isActive() && readInterest && socket.isReadable()) {
            unsafe.read();
        }
        if (isActive() && readInterest && socket.isReadable()) {
            lookLater();
        } else if (isActive() && config.isAllowHalfClosure() && socket.isAtEnd()) {
            unsafe.showEnd();
        }
        if (isActive()) {
            unsafe.resumeFlush();
        }
    }

    // -- write --

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf || message instanceof FileRegion) {
            return message;
        }
        String type = message.getClass().getName();
        throw new UnsupportedOperationException("unsupported message type: " + type.substring(type.lastIndexOf('.') + 1)
                + " (expected: ByteBuf, FileRegion)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (readInterest && socket.state() == ModuleSocket.State.FAILED) {
            // A write would close the channel: what came whole before the failure, and its cause, are read first.
            sendWindow.settle(in);
            sendBlocked = true;
            lookLater();
            return;
        }
        switch (sendWindow.write(in)) {
            case ROOM -> {}
            case WAITING -> sendBlocked = true;
            case AGAIN -> {
                sendBlocked = true;
                lookLater();
            }
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new ModemUnsafe();
    }

    private final class ModemUnsafe extends AbstractUnsafe {

        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            // Not made uncancellable: it can be cancelled.
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            try {
                if (connectPromise != null) {
                    throw new ConnectionPendingException();
                }
                startConnect(remote, local);
                connectPromise = promise;
                int timeoutMillis = config.getConnectTimeoutMillis();
                if (timeoutMillis > 0) {
                    connectTimeout = eventLoop()
                            .schedule(() -> onTimeout(remote, timeoutMillis), timeoutMillis, TimeUnit.MILLISECONDS);
                }
                promise.addListener(done -> {
                    if (done.isCancelled()) {
                        endConnect();
                        close(voidPromise());
                    }
                });
            } catch (Throwable e) {
                failConnect(promise, e, remote);
                return;
            }
            // A fast module may have told before anybody looked.
            lookLater();
        }

        private void onTimeout(SocketAddress remote, int timeoutMillis) {
            ChannelPromise promise = connectPromise;
            if (promise != null
                    && promise.tryFailure(new ConnectTimeoutException(
                            "connection timed out after " + timeoutMillis + " ms: " + remote))) {
                close(voidPromise());
            }
        }

        void failConnect(ChannelPromise promise, Throwable cause, SocketAddress remote) {
            promise.tryFailure(annotateConnectException(cause, remote));
            closeIfClosed();
        }

        @Override
        protected void flush0() {
            // While the socket takes nothing there is nothing to do; what is flushed meanwhile has its turn then.
            if (!(sendBlocked && isActive())) {
                super.flush0();
            }
        }

        void resumeFlush() {
            sendBlocked = false;
            super.flush0();
        }

        void read() {
            if (shouldBreakRead()) {
                clearReadInterestNow();
                return;
            }
            ChannelPipeline pipeline = pipeline();
            ByteBufAllocator allocator = config.getAllocator();
            var handle = recvBufAllocHandle();
            handle.reset(config);
            ByteBuf buffer = null;
            boolean ended = false;
            reading = true;
            try {
                do {
                    buffer = handle.allocate(allocator);
                    handle.attemptedBytesRead(buffer.writableBytes());
                    handle.lastBytesRead(receive(buffer));
                    if (handle.lastBytesRead() <= 0) {
                        buffer.release();
                        buffer = null;
                        ended = handle.lastBytesRead() < 0;
                        if (ended) {
                            readPending = false;
                            showTaken();
                        }
                        break;
                    }
                    handle.incMessagesRead(1);
                    readPending = false;
                    ByteBuf filled = buffer;
                    buffer = null;
                    showTaken();
                    pipeline.fireChannelRead(filled);
                } while (handle.continueReading());
                handle.readComplete();
                pipeline.fireChannelReadComplete();
                if (ended) {
                    onEnd();
                }
            } catch (Throwable e) {
                if (buffer != null) {
                    buffer.release();
                }
                if (e instanceof IOException) {
                    showTaken();
                }
                handle.readComplete();
                pipeline.fireChannelReadComplete();
                pipeline.fireExceptionCaught(e);
                if (e instanceof IOException failure) {
                    onReadFailed(failure);
                } else if (ended || e instanceof OutOfMemoryError) {
                    onEnd();
                }
            } finally {
                reading = false;
                if (!readPending && !config.isAutoRead()) {
                    readInterest = false;
                }
            }
        }

        /**
         * An answer must not be seen before the write that it answers is done, nor an end or a failure, with which a write
         * fails that the module has taken, but nobody was told.
         */
        private void showTaken() {
            if (sendWindow.hasNews()) {
                resumeFlush();
            }
        }

        /** Copies from the socket's ring into the buffer: the one copy on the way up. */
        private int receive(ByteBuf buffer) throws IOException {
            int room = buffer.writableBytes();
            if (buffer.nioBufferCount() != 1) {
                // Of several parts, or of none that the JDK knows.
                return buffer.writeBytes(received, room);
            }
            int read = received.read(buffer.internalNioBuffer(buffer.writerIndex(), room));
            if (read > 0) {
                buffer.writerIndex(buffer.writerIndex() + read);
            }
            return read;
        }

        private boolean shouldBreakRead() {
            return isInputShutdown() && (endSeenByRead || !config.isAllowHalfClosure());
        }

        private void onEnd() {
            if (isInputShutdown()) {
                showReadComplete();
            } else if (config.isAllowHalfClosure()) {
                shutDownInputNow();
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            } else {
                close(voidPromise());
            }
        }

        private void onReadFailed(IOException cause) {
            if (isInputShutdown() || config.isAllowHalfClosure()) {
                onEnd();
            } else {
                ClosedChannelException closed = new ClosedChannelException();
                closed.initCause(cause);
                // What was written and not taken fails for the same reason.
                close(voidPromise(), cause, closed);
            }
        }

        /** The peer has closed and all it sent has been read: whoever allows half-closure need not read to be told. */
        void showEnd() {
            if (!isInputShutdown()) {
                shutDownInputNow();
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
            if (isActive()) {
                showReadComplete();
            }
        }

        private void showReadComplete() {
            if (!endSeenByRead) {
                endSeenByRead = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
            }
        }
    }
}
