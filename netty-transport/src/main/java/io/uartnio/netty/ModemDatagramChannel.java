package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.PromiseNotifier;
import io.uartnio.Modem;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.LateModem;
import io.uartnio.socket.face.LocalPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/**
 * A UDP port of the module as a Netty channel, on any event loop. It behaves as Netty's own channel over NIO does, but
 * for what follows.
 *
 * <ul>
 *   <li><b>Bind</b>, a connect of a channel that is not bound, and whatever has to do with a name take a command to the
 *       module: their futures are done when the module has reported. What is written meanwhile waits. A handler that
 *       looks at a bind or disconnect of its own in the pipeline is told at once. With port 0 one of the ephemeral ports
 *       is taken; only the wildcard address can be bound to.
 *   <li><b>Connect</b> to an unresolved address gives the name to the module, and datagrams tell that address as their
 *       sender. Such a channel is a socket of the module with one peer; a connect before, and the disconnect after it,
 *       close one socket and open another at the same port, and datagrams that come in between are lost. If the module
 *       refuses, the channel is closed.
 *   <li><b>Writes</b> are done when the module has taken the datagram ({@code SEND OK}), one after the other, and fail if
 *       it has refused it. A datagram that was in hand when the module was lost is told as failed. An empty one is done
 *       without being sent, as by Netty's channel.
 *   <li><b>Datagrams</b> have the module's limits: too long ones fail with a {@link SocketException}.
 *   <li><b>Multicast</b>: no module has it. Its methods fail with {@link UnsupportedOperationException}.
 *   <li><b>The loss of the module</b> is told by {@code exceptionCaught} when what came before it has been read, and
 *       closes the channel.
 * </ul>
 *
 * <p>Threads: as {@link io.netty.channel.Channel} says.
 */
public final class ModemDatagramChannel extends UnicastDatagramChannel {

    /** Where the channel is in its life; it only ever moves down this list. Written by the event loop. */
    private enum State {
        /** Created, or the module has refused every port it was asked for. */
        UNBOUND,
        /** The module has reported a port. */
        BOUND,
        /** {@code close} was called, a connect has failed, or the module was lost. */
        CLOSED
    }

    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);

    private final ModuleSockets sockets;
    private final ModemDatagramChannelConfig config;

    private volatile State state = State.UNBOUND;
    /** The one that is open or being opened; null until the first bind. */
    private volatile ModuleDatagramSocket socket;

    private volatile InetSocketAddress localAddress;
    private volatile InetSocketAddress remoteAddress;

    // The event loop's alone.
    /** The socket belongs to one peer, whose name the module has resolved. */
    private boolean peerOnly;
    /** Null while the module is asked for nothing. */
    private DatagramOpening opening;
    /** Of the last bind. */
    private DatagramOpening binding;
    /** Of the last disconnect; null if that asked the module for nothing. */
    private DatagramOpening disconnecting;

    private final MessageReader reader = new Reader();
    private final DatagramWriter writer = new DatagramWriter(this);

    /** Creates a channel of the modem that the system properties describe, as {@link ModemSocketChannel#ModemSocketChannel()}. */
    public ModemDatagramChannel() {
        this(LateModem.ofSystemProperties());
    }

    /**
     * Creates a channel of this modem.
     *
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public ModemDatagramChannel(Modem modem) {
        this(ModuleSocketSource.of(modem).moduleSockets());
    }

    ModemDatagramChannel(ModuleSockets sockets) {
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.config = new ModemDatagramChannelConfig(this);
    }

    /**
     * Returns a factory of channels of this modem. If the module has no UDP, a bind or connect of theirs fails with
     * {@link UnsupportedOperationException}.
     *
     * @throws IllegalArgumentException if the modem is not one of {@link Modem.Builder}'s
     */
    public static ChannelFactory<ModemDatagramChannel> factory(Modem modem) {
        ModuleSockets sockets = ModuleSocketSource.of(modem).moduleSockets();
        return () -> new ModemDatagramChannel(sockets);
    }

    // -- what the channel is --

    @Override
    public ModemDatagramChannelConfig config() {
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

    /** Returns true from the bind to the close. */
    @Override
    public boolean isActive() {
        return state == State.BOUND;
    }

    @Override
    public boolean isConnected() {
        return isActive() && remoteAddress != null;
    }

    @Override
    protected SocketAddress localAddress0() {
        return localAddress;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return isActive() ? remoteAddress : null;
    }

    // -- for the writer --

    /** Returns the socket that is open or being opened. */
    ModuleDatagramSocket socket() {
        return socket;
    }

    /** Returns true while the module is asked for a socket in the place of the one that is there. */
    boolean isOpening() {
        return opening != null;
    }

    /** Returns true if the socket belongs to one peer, whose name the module has resolved. */
    boolean isOfOnePeer() {
        return peerOnly;
    }

    /** Returns the address that the channel is connected to, or null. */
    InetSocketAddress peer() {
        return remoteAddress;
    }

    // -- a socket of the module --

    private DatagramOpening open(int port, InetSocketAddress peer, boolean isBind) {
        AwaitedModem modem = new AwaitedModem(sockets, this::lookLater);
        DatagramOpening wanted = new DatagramOpening(modem, port, peer, isBind, newPromise());
        opening = wanted;
        // Whatever the module says is for the next look: a bind that finds the channel active tells of it once more.
        askIfFree(wanted);
        return wanted;
    }

    private void goOnOpening() {
        DatagramOpening wanted = opening;
        if (!wanted.isAsked()) {
            askIfFree(wanted);
        }
        if (opening == wanted && wanted.isAsked()) {
            ModuleDatagramSocket made = socket;
            switch (made.state()) {
                case UNBOUND, OPENING, CLOSED -> {}
                case OPEN -> onOpened(wanted, made);
                case FAILED -> onRefused(wanted, made.failure());
            }
        }
    }

    private void askIfFree(DatagramOpening wanted) {
        if (writer.hasGiven()) {
            // The socket that goes has to tell what became of it.
            return;
        }
        try {
            if (!wanted.isModemOpen()) {
                return;
            }
            // Before the module is asked for the same port once more.
            releaseSocket();
            ModuleDatagramSocket made = sockets.createDatagram();
            made.setChangeListener(this::lookLater);
            socket = made;
            wanted.ask(made);
            // A fast module may have told before anybody looked.
            lookLater();
        } catch (IOException | RuntimeException e) {
            onRefused(wanted, e);
        }
    }

    @SuppressWarnings("deprecation") // "no use-case", but the module tells its address late
    private void onOpened(DatagramOpening wanted, ModuleDatagramSocket made) {
        boolean wasActive = isActive();
        opening = null;
        peerOnly = wanted.isByName();
        if (wanted.peer() != null && !peerOnly) {
            made.setPeer(wanted.peer());
        }
        localAddress = made.localAddress();
        remoteAddress = wanted.peer();
        invalidateLocalAddress();
        invalidateRemoteAddress();
        state = State.BOUND;
        wanted.done().setSuccess();
        if (!wasActive && isActive()) {
            pipeline().fireChannelActive();
        }
    }

    private void onRefused(DatagramOpening wanted, Exception cause) {
        if (wanted.tryAgain(cause)) {
            lookLater();
            return;
        }
        opening = null;
        if (wanted.isBind()) {
            releaseSocket();
            socket = null;
        }
        wanted.done().setFailure(cause);
        if (wanted.isBind()) {
            // For what was written meanwhile.
            lookLater();
        } else {
            unsafe().close(unsafe().voidPromise());
        }
    }

    // -- bind --

    @Override
    public ChannelFuture bind(SocketAddress local) {
        return bind(local, newPromise());
    }

    /** Done when the module has reported the port. */
    @Override
    public ChannelFuture bind(SocketAddress local, ChannelPromise promise) {
        pipeline().bind(local, newPromise()).addListener(asked -> endWith(binding, asked.cause(), promise));
        return promise;
    }

    @Override
    protected void doBind(SocketAddress local) throws IOException {
        if (isActive() || opening != null) {
            throw new AlreadyBoundException();
        }
        binding = open(LocalPorts.check(local), null, true);
    }

    /** The module has been asked, or need not be, or could not be: the promise ends as that does. Event loop. */
    private static void endWith(DatagramOpening asked, Throwable notAsked, ChannelPromise promise) {
        if (notAsked != null) {
            promise.tryFailure(notAsked);
        } else if (asked == null) {
            promise.trySuccess();
        } else {
            asked.done().addListener(new PromiseNotifier<Void, ChannelFuture>(false, promise));
        }
    }

    // -- connect --

    private void connect(SocketAddress remote, int portOrAny, ChannelPromise promise) throws IOException {
        if (remoteAddress != null) {
            throw new AlreadyConnectedException();
        }
        if (!(remote instanceof InetSocketAddress peer)) {
            throw new UnsupportedAddressTypeException();
        }
        Addresses.checkDatagramTarget(peer);
        if (isActive() && !peer.isUnresolved()) {
            socket.setPeer(peer);
            remoteAddress = peer;
            promise.trySuccess();
            return;
        }
        int port = isActive() ? localAddress.getPort() : portOrAny;
        promise.addListener(done -> {
            if (done.isCancelled()) {
                unsafe().close(unsafe().voidPromise());
            }
        });
        endWith(open(port, peer, false), null, promise);
    }

    @Override
    public ChannelFuture disconnect() {
        return disconnect(newPromise());
    }

    /** Done at once, or when the module has reported if the peer was a name. */
    @Override
    public ChannelFuture disconnect(ChannelPromise promise) {
        pipeline().disconnect(newPromise()).addListener(asked -> endWith(disconnecting, asked.cause(), promise));
        return promise;
    }

    @Override
    protected void doDisconnect() {
        if (opening != null && opening.peer() != null) {
            throw new ConnectionPendingException();
        }
        disconnecting = null;
        if (remoteAddress == null) {
            return;
        }
        remoteAddress = null;
        if (peerOnly) {
            disconnecting = open(localAddress.getPort(), null, false);
        } else {
            socket.setPeer(null);
        }
    }

    // -- read --

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    /** Nobody reads any more, from whichever thread. */
    void clearReadInterest() {
        reader.clearInterest();
    }

    @Override
    void look() {
        DatagramUnsafe unsafe = (DatagramUnsafe) unsafe();
        if (writer.hasGiven()) {
            unsafe.resumeFlush();
        }
        if (opening != null) {
            goOnOpening();
        }
        reader.readIfAsked();
        if (isOpen() && opening == null) {
            unsafe.resumeFlush();
        }
    }

    /** Reads as long as nothing is opened: a socket that goes has no more to say. */
    private final class Reader extends MessageReader {

        Reader() {
            super(ModemDatagramChannel.this);
        }

        @Override
        boolean hasMessage() {
            return isActive() && opening == null && socket.isReadable();
        }

        /** Copies a datagram from the socket's buffer; what the allocator's guess does not hold is lost, as with NIO. */
        @Override
        @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
        DatagramPacket next(RecvByteBufAllocator.Handle handle) throws IOException {
            ByteBuf buffer = handle.allocate(config.getAllocator());
            boolean kept = false;
            try {
                handle.attemptedBytesRead(buffer.writableBytes());
                ByteBuffer target = buffer.internalNioBuffer(buffer.writerIndex(), buffer.writableBytes());
                int start = target.position();
                InetSocketAddress sender = socket.receive(target);
                if (sender == null) {
                    return null;
                }
                int length = target.position() - start;
                handle.lastBytesRead(length);
                buffer.writerIndex(buffer.writerIndex() + length);
                kept = true;
                return new DatagramPacket(buffer, localAddress(), sender.isUnresolved() ? remoteAddress : sender);
            } finally {
                if (!kept) {
                    buffer.release();
                }
            }
        }

        /** A question is done before its answer is read, if the module has said so by now. */
        @Override
        void beforeDelivery() {
            if (writer.hasGiven()) {
                ((DatagramUnsafe) unsafe()).resumeFlush();
            }
        }
    }

    // -- write --

    @Override
    protected Object filterOutboundMessage(Object message) {
        return OutboundDatagram.check(message, remoteAddress);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        writer.write(in);
    }

    // -- close --

    /** Only says so: what the socket has left to send and the module's close go on in the background. */
    @Override
    protected void doClose() {
        state = State.CLOSED;
        DatagramOpening pending = opening;
        opening = null;
        if (pending != null) {
            pending.done().tryFailure(new ClosedChannelException());
        }
        releaseSocket();
    }

    @Override
    void releaseSocket() {
        ModuleDatagramSocket made = socket;
        if (made != null) {
            made.close();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new DatagramUnsafe();
    }

    private final class DatagramUnsafe extends AbstractUnsafe {

        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            // Not made uncancellable: it can be cancelled.
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            if (opening != null && opening.peer() == null) {
                // With NIO whoever binds and then connects need not wait in between.
                opening.done().addListener(bound -> connect(remote, local, promise));
                return;
            }
            int port;
            try {
                if (opening != null) {
                    throw new ConnectionPendingException();
                }
                if (local != null && isActive()) {
                    throw new AlreadyBoundException();
                }
                port = LocalPorts.check(local);
            } catch (IOException | RuntimeException e) {
                promise.tryFailure(e);
                return;
            }
            try {
                ModemDatagramChannel.this.connect(remote, port, promise);
            } catch (IOException | RuntimeException e) {
                // As Netty's channel over NIO does after whatever refused a connect.
                promise.tryFailure(annotateConnectException(e, remote));
                close(voidPromise());
            }
        }

        @Override
        protected void flush0() {
            // What is flushed while the socket takes nothing, or is being opened, has its turn then.
            if (opening == null && !(writer.isBlocked() && isActive())) {
                super.flush0();
            }
        }

        void resumeFlush() {
            writer.unblock();
            super.flush0();
        }
    }
}
