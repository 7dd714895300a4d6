package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;
import io.uartnio.Modem;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.Addresses;
import io.uartnio.socket.face.LateModem;
import io.uartnio.socket.face.LocalPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
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
public final class ModemDatagramChannel extends AbstractModemChannel implements DatagramChannel {

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
    private Opening opening;
    /** Of the last bind. */
    private Opening binding;
    /** Of the last disconnect; null if that asked the module for nothing. */
    private Opening disconnecting;

    private final List<DatagramPacket> received = new ArrayList<>();
    private boolean readInterest;
    private boolean reading;

    /** The socket has the oldest of the flushed messages, and the module has not reported on it. */
    private boolean messageGiven;
    /** Nothing can be given to the socket until it tells of a change. */
    private boolean sendBlocked;

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
        super(null);
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
        return isActive() ? remoteAddress : null;
    }

    // -- a socket of the module --

    /** A socket that is wanted of the module, in the place of the one that is there. The event loop's alone. */
    private final class Opening {

        /** 0 for any. */
        private final int port;
        /** Null for everybody. */
        private final InetSocketAddress peer;
        /** A refusal leaves the channel as it was. */
        private final boolean isBind;

        /** Is done when the module has reported. */
        private final ChannelPromise done = newPromise();

        private final AwaitedModem modem = new AwaitedModem(sockets, ModemDatagramChannel.this::lookLater);
        private final LocalPorts.Attempts attempts;
        private boolean asked;

        Opening(int port, InetSocketAddress peer, boolean isBind) {
            this.port = port;
            this.peer = peer;
            this.isBind = isBind;
            this.attempts = new LocalPorts.Attempts(port);
        }

        boolean isByName() {
            return peer != null && peer.isUnresolved();
        }

        void ask(ModuleDatagramSocket made) throws IOException {
            asked = true;
            if (isByName()) {
                made.connect(peer.getHostString(), peer.getPort(), port);
            } else {
                made.open(attempts.next());
            }
        }

        boolean mayTryAgain(Exception cause) {
            return !isByName() && attempts.mayGoOn(cause);
        }
    }

    private Opening open(Opening wanted) {
        opening = wanted;
        goOnOpening();
        return wanted;
    }

    private void goOnOpening() {
        Opening wanted = opening;
        if (!wanted.asked) {
            if (messageGiven) {
                // The socket that goes has to tell what became of it.
                return;
            }
            askFor(wanted);
        }
        if (opening == wanted && wanted.asked) {
            ModuleDatagramSocket made = socket;
            switch (made.state()) {
                case UNBOUND, OPENING, CLOSED -> {}
                case OPEN -> onOpened(wanted, made);
                case FAILED -> onRefused(wanted, made.failure());
            }
        }
    }

    private void askFor(Opening wanted) {
        try {
            if (!wanted.modem.isOpen()) {
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
    private void onOpened(Opening wanted, ModuleDatagramSocket made) {
        boolean wasActive = isActive();
        opening = null;
        peerOnly = wanted.isByName();
        if (wanted.peer != null && !peerOnly) {
            made.setPeer(wanted.peer);
        }
        localAddress = made.localAddress();
        remoteAddress = wanted.peer;
        invalidateLocalAddress();
        invalidateRemoteAddress();
        state = State.BOUND;
        wanted.done.setSuccess();
        if (!wasActive && isActive()) {
            pipeline().fireChannelActive();
        }
    }

    private void onRefused(Opening wanted, Exception cause) {
        if (wanted.mayTryAgain(cause)) {
            wanted.asked = false;
            lookLater();
            return;
        }
        opening = null;
        if (wanted.isBind) {
            releaseSocket();
            socket = null;
        }
        wanted.done.setFailure(cause);
        if (wanted.isBind) {
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
        binding = open(new Opening(LocalPorts.check(local), null, true));
    }

    /** The module has been asked, or need not be, or could not be: the promise ends as that does. Event loop. */
    private static void endWith(Opening asked, Throwable notAsked, ChannelPromise promise) {
        if (notAsked != null) {
            promise.tryFailure(notAsked);
        } else if (asked == null) {
            promise.trySuccess();
        } else {
            asked.done.addListener(done -> {
                if (done.isSuccess()) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(done.cause());
                }
            });
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
        endWith(open(new Opening(port, peer, false)), null, promise);
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
        if (opening != null && opening.peer != null) {
            throw new ConnectionPendingException();
        }
        disconnecting = null;
        if (remoteAddress == null) {
            return;
        }
        remoteAddress = null;
        if (peerOnly) {
            disconnecting = open(new Opening(localAddress.getPort(), null, false));
        } else {
            socket.setPeer(null);
        }
    }

    // -- read --

    @Override
    protected void doBeginRead() {
        readInterest = true;
        if (!reading && canRead()) {
            lookLater();
        }
    }

    private boolean canRead() {
        return isActive() && opening == null && readInterest && socket.isReadable();
    }

    /** Nobody reads any more, from whichever thread. */
    void clearReadInterest() {
        if (isRegistered() && !eventLoop().inEventLoop()) {
            eventLoop().execute(this::clearReadInterest);
        } else {
            readInterest = false;
        }
    }

    @Override
    void look() {
        DatagramUnsafe unsafe = (DatagramUnsafe) unsafe();
        if (messageGiven) {
            unsafe.resumeFlush();
        }
        if (opening != null) {
            goOnOpening();
        }
        if (canRead()) {
            readAll();
        }
        if (isOpen() && opening == null) {
            unsafe.resumeFlush();
        }
    }

    private void readAll() {
        var handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        ChannelPipeline pipeline = pipeline();
        Throwable failure = null;
        reading = true;
        try {
            do {
                DatagramPacket next = receive(handle);
                if (next == null) {
                    break;
                }
                handle.incMessagesRead(1);
                received.add(next);
            } while (mayContinue(handle));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failure = e;
        }
        if (!received.isEmpty()) {
            readInterest = false;
            if (messageGiven) {
                // A question is done before its answer is read, if the module has said so by now.
                ((DatagramUnsafe) unsafe()).resumeFlush();
            }
        }
        for (DatagramPacket packet : received) {
            pipeline.fireChannelRead(packet);
        }
        received.clear();
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (failure != null) {
            pipeline.fireExceptionCaught(failure);
            if (failure instanceof IOException) {
                unsafe().close(unsafe().voidPromise());
            }
        }
        readInterest = readInterest || config.isAutoRead();
        if (canRead()) {
            lookLater();
        }
    }

    /** Copies a datagram from the socket's buffer; what the allocator's guess does not hold is lost, as with NIO. */
    @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
    private DatagramPacket receive(RecvByteBufAllocator.Handle handle) throws IOException {
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

    /** A datagram that is shorter than the buffer tells nothing of whether there is another one. */
    @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
    private static boolean mayContinue(RecvByteBufAllocator.Handle handle) {
        return handle instanceof RecvByteBufAllocator.ExtendedHandle extended
                ? extended.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                : handle.continueReading();
    }

    // -- write --

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof AddressedEnvelope<?, ?> envelope) {
            // What came from a peer that is known by its name can be answered.
            if (envelope.recipient() instanceof InetSocketAddress to
                    && to.isUnresolved()
                    && !to.equals(remoteAddress)) {
                throw new UnresolvedAddressException();
            }
            if (envelope.content() instanceof ByteBuf) {
                return message;
            }
        } else if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("unsupported message type: "
                + message.getClass().getSimpleName()
                + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf, SocketAddress>, ByteBuf)");
    }

    /**
     * One datagram at a time, because the socket counts those that are unsent and does not tell which of them was
     * refused; the UART takes one at a time anyway.
     */
    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (; ; ) {
            if (messageGiven && !endMessage(in)) {
                sendBlocked = true;
                return;
            }
            // Whoever is told of a datagram may close the channel, which empties the buffer.
            Object message = in.current();
            if (message == null) {
                return;
            }
            if (opening != null) {
                sendBlocked = true;
                return;
            }
            try {
                if (give(message)) {
                    messageGiven = true;
                } else if (isEmpty(message)) {
                    in.remove();
                } else {
                    sendBlocked = true;
                    return;
                }
            } catch (IOException | RuntimeException e) {
                // The next one may have another target.
                in.remove(e);
            }
        }
    }

    /** Returns false if the module has not reported on the datagram. */
    private boolean endMessage(ChannelOutboundBuffer in) {
        boolean lost = socket.state() == ModuleDatagramSocket.State.FAILED;
        if (!lost && socket.datagramsUnsent() > 0) {
            return false;
        }
        messageGiven = false;
        IOException refused = socket.pollSendFailure();
        if (refused == null && lost) {
            refused = socket.failure();
        }
        if (refused == null) {
            in.remove();
        } else {
            in.remove(refused);
        }
        return true;
    }

    private static ByteBuf content(Object message) {
        return message instanceof AddressedEnvelope<?, ?> envelope ? (ByteBuf) envelope.content() : (ByteBuf) message;
    }

    private static boolean isEmpty(Object message) {
        return !content(message).isReadable();
    }

    /** Returns false if the socket has not taken it: it is empty, or there is no room. */
    private boolean give(Object message) throws IOException {
        if (isEmpty(message)) {
            return false;
        }
        InetSocketAddress target = target(message);
        ByteBuf data = content(message);
        int length = data.readableBytes();
        if (length > socket.maxSendBytes()) {
            throw new SocketException(
                    "module sends datagrams of 1 to " + socket.maxSendBytes() + " bytes: length=" + length);
        }
        ByteBuffer source =
                data.nioBufferCount() == 1 ? data.internalNioBuffer(data.readerIndex(), length) : data.nioBuffer();
        return socket.send(source, peerOnly ? null : target);
    }

    private InetSocketAddress target(Object message) throws SocketException {
        InetSocketAddress connected = remoteAddress;
        Object recipient = message instanceof AddressedEnvelope<?, ?> envelope ? envelope.recipient() : null;
        if (recipient == null) {
            if (connected == null) {
                throw new NotYetConnectedException();
            }
            return connected;
        }
        if (!(recipient instanceof InetSocketAddress to)) {
            throw new UnsupportedAddressTypeException();
        }
        if (connected != null && !connected.equals(to)) {
            throw new AlreadyConnectedException();
        }
        if (connected == null && to.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        Addresses.checkDatagramTarget(to);
        return to;
    }

    // -- close --

    /** Only says so: what the socket has left to send and the module's close go on in the background. */
    @Override
    protected void doClose() {
        state = State.CLOSED;
        Opening pending = opening;
        opening = null;
        if (pending != null) {
            pending.done.tryFailure(new ClosedChannelException());
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
            if (opening != null && opening.peer == null) {
                // With NIO whoever binds and then connects need not wait in between.
                opening.done.addListener(bound -> connect(remote, local, promise));
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
            if (opening == null && !(sendBlocked && isActive())) {
                super.flush0();
            }
        }

        void resumeFlush() {
            sendBlocked = false;
            super.flush0();
        }
    }

    // -- what no module does --

    private static ChannelFuture refuseMulticast(ChannelPromise promise) {
        return promise.setFailure(new UnsupportedOperationException("module has no multicast"));
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface network) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface network, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface network) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface network, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture block(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }
}
