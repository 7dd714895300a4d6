package io.uartnio.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.PromiseNotifier;
import io.uartnio.Modem;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.LateModem;
import io.uartnio.socket.face.LocalPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;

/**
 * A listening socket of the module as a Netty channel, whose children are {@link ModemSocketChannel}s, on any event loop.
 * The module accepts by itself, and each connection takes one of its few sockets; while nobody reads from this channel
 * as many wait as its backlog says. A bind takes a command to the module, so {@link #bind(SocketAddress,
 * ChannelPromise)} is done when the module has reported, while a handler that looks at its own bind in the pipeline is
 * told at once. Only the wildcard address can be bound to; with port 0 one of the ephemeral ports is taken. A refusal of
 * the module's closes the channel.
 *
 * <p>Threads: as {@link io.netty.channel.Channel} says.
 */
public final class ModemServerSocketChannel extends AbstractModemChannel implements ServerSocketChannel {

    /** Where the channel is in its life; it only ever moves down this list. Written by the event loop. */
    private enum State {
        /** Created. */
        OPEN,
        /** {@code bind} was called and the module, or what opens the modem, has not reported the result. */
        BINDING,
        /** The module has reported that it listens. */
        LISTENING,
        /** {@code close} was called, or the module does not listen any more. */
        CLOSED
    }

    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final ModuleSockets sockets;
    private final AwaitedModem modem;
    private final ModemServerSocketChannelConfig config;
    /** Is done when the module has reported on the bind. */
    private final ChannelPromise bound = newPromise();

    private volatile State state = State.OPEN;
    /** Null until the module is asked to listen, and between one port that was taken and the next. */
    private volatile ModuleServerSocket socket;

    private volatile InetSocketAddress localAddress;

    // The event loop's alone.
    private final MessageReader reader = new Acceptor();
    /** Null until the bind. */
    private LocalPorts.Attempts ports;

    /** Creates a channel of the modem that the system properties describe, as {@link ModemSocketChannel#ModemSocketChannel()}. */
    public ModemServerSocketChannel() {
        this(LateModem.ofSystemProperties());
    }

    /**
     * Creates a channel of this modem.
     *
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public ModemServerSocketChannel(Modem modem) {
        this(ModuleSocketSource.of(modem).moduleSockets());
    }

    ModemServerSocketChannel(ModuleSockets sockets) {
        super(null);
        this.sockets = sockets;
        this.modem = new AwaitedModem(sockets, this::lookLater);
        this.config = new ModemServerSocketChannelConfig(this);
    }

    @Override
    public ModemServerSocketChannelConfig config() {
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
        return state == State.LISTENING;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return null;
    }

    @Override
    protected SocketAddress localAddress0() {
        return localAddress;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return null;
    }

    // -- bind --

    @Override
    public ChannelFuture bind(SocketAddress local) {
        return bind(local, newPromise());
    }

    /** Done when the module has reported that it listens. */
    @Override
    public ChannelFuture bind(SocketAddress local, ChannelPromise promise) {
        pipeline().bind(local, newPromise()).addListener(asked -> {
            if (asked.isSuccess()) {
                bound.addListener(new PromiseNotifier<Void, ChannelFuture>(false, promise));
            } else {
                promise.tryFailure(asked.cause());
            }
        });
        return promise;
    }

    @Override
    protected void doBind(SocketAddress local) throws IOException {
        if (state != State.OPEN) {
            throw new AlreadyBoundException();
        }
        ports = new LocalPorts.Attempts(LocalPorts.check(local));
        if (modem.isOpen()) {
            listen();
        }
        state = State.BINDING;
    }

    private void listen() throws IOException {
        ModuleServerSocket made = sockets.createServer();
        made.setChangeListener(this::lookLater);
        made.listen(ports.next(), config.getBacklog());
        socket = made;
        // A fast module may have told before anybody looked.
        lookLater();
    }

    private void goOnBinding() {
        ModuleServerSocket made = socket;
        if (made == null) {
            try {
                if (modem.isOpen()) {
                    listen();
                }
            } catch (IOException | RuntimeException e) {
                onRefused(e);
            }
            return;
        }
        switch (made.state()) {
            case UNBOUND, OPENING, CLOSED -> {}
            case LISTENING -> onListening(made);
            case FAILED -> onRefused(made.failure());
        }
    }

    @SuppressWarnings("deprecation") // "no use-case", but the address comes after the bind
    private void onListening(ModuleServerSocket made) {
        localAddress = made.localAddress();
        invalidateLocalAddress();
        state = State.LISTENING;
        bound.trySuccess();
        pipeline().fireChannelActive();
    }

    private void onRefused(Exception cause) {
        if (ports.mayGoOn(cause)) {
            releaseSocket();
            socket = null;
            lookLater();
        } else {
            bound.tryFailure(cause);
            unsafe().close(unsafe().voidPromise());
        }
    }

    @Override
    void look() {
        if (state == State.BINDING) {
            goOnBinding();
        }
        reader.readIfAsked();
    }

    // -- accept --

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    /** Nobody accepts any more, from whichever thread. */
    void clearReadInterest() {
        reader.clearInterest();
    }

    /** Makes a channel of each connection that the module has accepted. */
    private final class Acceptor extends MessageReader {

        Acceptor() {
            super(ModemServerSocketChannel.this);
        }

        @Override
        boolean hasMessage() {
            return isActive() && socket.isAcceptable();
        }

        @Override
        @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
        ModemSocketChannel next(RecvByteBufAllocator.Handle handle) throws IOException {
            ModuleServerSocket.Accepted next = socket.accept();
            return next == null
                    ? null
                    : new ModemSocketChannel(ModemServerSocketChannel.this, next.socket(), next.remote());
        }
    }

    // -- close --

    @Override
    protected void doClose() {
        state = State.CLOSED;
        bound.tryFailure(new ClosedChannelException());
        releaseSocket();
    }

    @Override
    void releaseSocket() {
        ModuleServerSocket made = socket;
        if (made != null) {
            made.close();
        }
    }

    // -- what a server does not do --

    @Override
    protected void doDisconnect() {
        throw new UnsupportedOperationException("a listening socket has no peer");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        throw new UnsupportedOperationException("a listening socket has no peer");
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        throw new UnsupportedOperationException("a listening socket has no peer");
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new ServerUnsafe();
    }

    private final class ServerUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            safeSetFailure(promise, new UnsupportedOperationException("a listening socket does not connect"));
        }
    }
}
