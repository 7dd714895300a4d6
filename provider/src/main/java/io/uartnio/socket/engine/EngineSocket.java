package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.module.OpenRequest;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.uart.TimerThread.Timeout;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A socket of a {@link SocketEngine}: its state, its two buffers and whoever waits for them. What happens on the
 * module's side of it is the engine's business; this class is what application threads meet.
 *
 * <p>Threads: as {@link ModuleSocket} says. The methods marked so belong to the reader or the lane thread.
 */
final class EngineSocket implements ModuleSocket, IndexHolder {

    private static final int UNSET = 0;

    private final SocketEngine engine;
    private final Connections connections;
    private final TlsProfile tls;
    private final AtomicReference<State> state = new AtomicReference<>(State.UNCONNECTED);
    private final Changes changes = new Changes();
    /** Set from when bytes wait to be sent until the lane has found none left. */
    private final AtomicBoolean sendScheduled = new AtomicBoolean();

    /** The first cause only: once there is one it stays. */
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    /** Set when nothing can be sent any more although what was received can still be read. */
    private volatile IOException writeFailure;

    /** The module has been asked to connect. */
    private volatile boolean asked;

    /** The module has reported the connection; it is shown once the module has been asked for its local address. */
    private volatile boolean reported;

    private volatile InetSocketAddress localAddress;
    /** Whose connection the module has accepted; null for one that was asked for here. */
    private final InetSocketAddress peer;

    private volatile TlsSessionInfo tlsSession;

    private volatile boolean endOfStream;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    /** The module's send buffer is full and the pause before the same bytes are sent again has not passed. */
    private volatile boolean pausing;

    /** What was asked for, null for the modem's default. */
    private volatile AccessMode accessMode;

    /** What was asked for, {@link #UNSET} for the buffer's default. */
    private volatile int receiveHighWaterBytes = UNSET;

    private volatile int index = -1;
    private volatile ReceiveBuffer received;
    private volatile ReceiveMode receive;
    private volatile SendBuffer unsent;
    private volatile SentAudit sentAudit;
    private volatile OpenRequest request;
    /** The connect's time limit, and later the linger's. */
    private volatile Timeout timeout;

    /** How much the module must have taken for the writer to be told of it. */
    private volatile long tellFromBytes;

    // The lane thread's alone.
    private final SendRound.Share sendShare = new SendRound.Share();
    private int failedOpens;
    /** Under the lock of the indexes. */
    private int moves;

    private final GrowingPause closePause = HolderTable.newClosePause();
    private final GrowingPause sendPause = SendScheduler.newPause();
    private boolean sentAnything;
    private volatile long lingerDeadlineNanos;

    /** The peer's close has been announced and is being looked into. */
    private final AtomicBoolean closeAnnounced = new AtomicBoolean();

    EngineSocket(SocketEngine engine, TlsProfile tls) {
        this.engine = engine;
        this.connections = engine.connections();
        this.tls = tls;
        this.peer = null;
    }

    /**
     * Creates the socket of a connection that the module has accepted, in buffer access mode as its listener is, so that
     * it does not matter whether the listener's mode holds for it.
     */
    EngineSocket(SocketEngine engine, InetSocketAddress peer, InetSocketAddress local) {
        this.engine = engine;
        this.connections = engine.connections();
        this.tls = null;
        this.peer = peer;
        this.localAddress = local;
        if (engine.defaultAccessMode() == AccessMode.TRANSPARENT) {
            // Nobody has asked for the port, which one socket alone can have.
            accessMode = AccessMode.BUFFER;
        }
        request = new OpenRequest(peer.getAddress().getHostAddress(), peer.getPort(), null, AccessMode.BUFFER, 0);
        received = engine.newReceiveBuffer();
        receive = new ReceiveMode(this, engine.receiveModes(), received, accessMode(), AccessMode.BUFFER);
        unsent = engine.newSendBuffer();
        sentAudit = new SentAudit(this, engine.receiveModes());
        asked = true;
        reported = true;
        state.set(State.CONNECTED);
    }

    /** Returns whose connection this is, if the module has accepted it. */
    InetSocketAddress peer() {
        return peer;
    }

    // ------------------------------------------------------------------ faces

    @Override
    public State state() {
        return state.get();
    }

    @Override
    public void connect(String host, int port, long timeoutMillis) throws IOException {
        if (state.get() != State.UNCONNECTED) {
            throw new IllegalStateException("socket has been connected or closed: state=" + state.get());
        }
        long limitMillis = timeoutMillis == 0 ? engine.settings().connectTimeoutMillis() : timeoutMillis;
        OpenRequest open =
                new OpenRequest(host, port, tls, engine.receiveModes().openedWith(accessMode(), isTls()), limitMillis);
        engine.check(open);
        if (!state.compareAndSet(State.UNCONNECTED, State.CONNECTING)) {
            throw new IllegalStateException("socket has been connected or closed: state=" + state.get());
        }
        request = open;
        received = engine.newReceiveBuffer();
        receive = new ReceiveMode(this, engine.receiveModes(), received, accessMode(), open.accessMode());
        unsent = engine.newSendBuffer();
        sentAudit = new SentAudit(this, engine.receiveModes());
        // Asked for meanwhile, perhaps, by somebody who did not find anything to tell.
        receive.setWanted(accessMode());
        applyHighWaterMark();
        try {
            if (isTransparentWanted()) {
                engine.ports().claim(this);
            }
            connections.connect(this);
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public TlsSessionInfo tlsSession() {
        return tlsSession;
    }

    @Override
    public IOException failure() {
        State now = state.get();
        return now == State.FAILED || now == State.CLOSED ? failure.get() : null;
    }

    @Override
    public boolean isReadable() {
        return switch (state.get()) {
            case UNCONNECTED, CONNECTING -> false;
            case CONNECTED -> inputShutdown || endOfStream || !received.isEmpty();
            case FAILED, CLOSED -> true;
        };
    }

    @Override
    public boolean isAtEnd() {
        // In this order: what came before the end is in the buffer when the end is set.
        return state.get() == State.CONNECTED && endOfStream && received.isEmpty();
    }

    @Override
    public boolean isWritable() {
        return switch (state.get()) {
            case UNCONNECTED, CONNECTING -> false;
            case CONNECTED -> outputShutdown || writeFailure != null || (!pausing && unsent.hasRoom());
            case FAILED, CLOSED -> true;
        };
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        State now = state.get();
        if (now == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (now == State.UNCONNECTED || now == State.CONNECTING) {
            throw new SocketException("socket is not connected");
        }
        if (inputShutdown) {
            return -1;
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        // Looked at before the buffer: what came before the end is there by then.
        boolean ended = endOfStream;
        int read = received == null ? 0 : received.read(target);
        if (read > 0) {
            receive.afterRead();
            engine.ports().afterRead(this);
            return read;
        }
        if (now == State.FAILED) {
            throw failure.get();
        }
        return ended ? -1 : 0;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        State now = state.get();
        if (now == State.CLOSED || (now == State.CONNECTED && outputShutdown)) {
            throw new ClosedChannelException();
        }
        if (now == State.UNCONNECTED || now == State.CONNECTING) {
            throw new SocketException("socket is not connected");
        }
        IOException refused = now == State.FAILED ? failure.get() : writeFailure;
        if (refused != null) {
            throw refused;
        }
        if (pausing) {
            return 0;
        }
        int written = unsent.write(source);
        if (written > 0) {
            scheduleSend();
        }
        return written;
    }

    @Override
    public void shutdownInput() {
        inputShutdown = true;
        signalChange();
        ReceiveMode made = receive;
        if (made != null) {
            // Nobody makes room any more, and what arrives needs none.
            made.review();
            engine.ports().afterRead(this);
        }
    }

    @Override
    public void shutdownOutput() {
        outputShutdown = true;
        signalChange();
    }

    @Override
    public void setAccessMode(AccessMode mode) throws IOException {
        engine.check(mode);
        if (state.get() == State.CLOSED) {
            throw new ClosedChannelException();
        }
        boolean transparent = mode == AccessMode.TRANSPARENT;
        AccessMode before = accessMode;
        // Before the claim, which is given up by a lane that does not see it wanted.
        accessMode = mode;
        if (transparent && isLive()) {
            try {
                engine.receiveModes().requireStreams(this);
                engine.ports().claim(this);
            } catch (IOException e) {
                accessMode = before;
                throw e;
            }
        }
        ReceiveMode made = receive;
        if (made != null) {
            made.setWanted(mode);
        }
        if (!transparent) {
            engine.ports().onUnwanted(this);
        } else if (state.get() == State.CONNECTED) {
            engine.ports().onWanted(this);
        }
    }

    /** Returns true if the socket is to have a port to itself. */
    boolean isTransparentWanted() {
        return accessMode() == AccessMode.TRANSPARENT;
    }

    @Override
    public AccessMode accessMode() {
        AccessMode asked = accessMode;
        return asked == null ? engine.defaultAccessMode() : asked;
    }

    @Override
    public int bytesReadable() {
        ReceiveBuffer buffer = received;
        boolean unread = buffer != null && !inputShutdown && state.get() != State.CLOSED;
        // A reader that runs meanwhile may be ahead of what has been seen of the producer.
        return unread ? (int) Math.max(0, Math.min(buffer.sizeBytes(), Integer.MAX_VALUE)) : 0;
    }

    @Override
    public void setReceiveHighWaterMark(int bytes) {
        int ringBytes = engine.settings().receiveBufferBytes();
        if (bytes < 1 || bytes > ringBytes) {
            throw new IllegalArgumentException(
                    "receive high-water mark out of range: bytes=" + bytes + ", receiveBufferBytes=" + ringBytes);
        }
        receiveHighWaterBytes = bytes;
        applyHighWaterMark();
    }

    private void applyHighWaterMark() {
        ReceiveBuffer buffer = received;
        int bytes = receiveHighWaterBytes;
        if (buffer != null && bytes != UNSET) {
            buffer.setHighWaterBytes(bytes);
            ReceiveMode made = receive;
            if (made != null && state.get() == State.CONNECTED) {
                made.review();
            }
        }
    }

    @Override
    public int bytesUnsent() {
        SendBuffer buffer = unsent;
        return buffer == null ? 0 : buffer.size();
    }

    @Override
    public long bytesTaken() {
        SendBuffer buffer = unsent;
        return buffer == null ? 0 : buffer.totalRemovedBytes();
    }

    @Override
    public void tellOfTakenFrom(long bytes) {
        tellFromBytes = bytes;
    }

    /** The module has taken something: tells whoever writes, unless that is less than they want to hear of. Lane thread. */
    void tellOfTaken() {
        // What was taken is seen by a writer whose wish is not: it looks behind its wish.
        VarHandle.fullFence();
        if (bytesTaken() >= tellFromBytes) {
            signalChange();
        }
    }

    @Override
    public void close() {
        State before = state.getAndSet(State.CLOSED);
        if (before == State.CLOSED) {
            return;
        }
        signalChange();
        cancelTimeout();
        if (before == State.CONNECTED) {
            connections.closeGracefully(this);
        } else if (before == State.CONNECTING) {
            connections.release(this);
        } else if (before == State.FAILED && received != null) {
            received.release();
        }
    }

    @Override
    public void setChangeListener(ChangeListener listener) {
        changes.setChangeListener(listener);
    }

    @Override
    public void awaitChange(long stamp, long deadlineNanos) {
        changes.awaitChange(stamp, deadlineNanos);
    }

    @Override
    public long changeStamp() {
        return changes.changeStamp();
    }

    @Override
    public void signalChange() {
        changes.signalChange();
    }

    @Override
    public int index() {
        return index;
    }

    // ------------------------------------------------------------------ engine

    @Override
    public boolean isTls() {
        return tls != null;
    }

    OpenRequest request() {
        return request;
    }

    @Override
    public boolean isOpening() {
        return state.get() == State.CONNECTING && !reported;
    }

    @Override
    public void take(int newIndex) {
        index = newIndex;
        connections.show(newIndex, this);
    }

    @Override
    public boolean give() {
        return connections.hide(index, this);
    }

    @Override
    public int countMove() {
        return ++moves;
    }

    @Override
    public void openLater() {
        connections.openLater(this);
    }

    @Override
    public void failAndRelease(IOException cause) {
        connections.failAndRelease(this, cause);
    }

    @Override
    public void forget() {
        cancelTimeout();
        receive.steps().stop();
        if (isClosed()) {
            received.release();
        }
    }

    void setTimeout(Timeout newTimeout) {
        timeout = newTimeout;
    }

    void cancelTimeout() {
        Timeout set = timeout;
        if (set != null) {
            set.cancel();
        }
    }

    @Override
    public void setAsked(boolean nowAsked) {
        asked = nowAsked;
    }

    @Override
    public boolean isAsked() {
        return asked;
    }

    /** The module has connected; returns false if nobody waits for it, or it is known already. Reader thread. */
    boolean onReported() {
        boolean first = !reported && state.get() == State.CONNECTING;
        if (first) {
            reported = true;
        }
        return first;
    }

    /** Returns true from when the module has reported the connection. */
    boolean isReported() {
        return reported;
    }

    /**
     * Shows the connection; returns false if nobody waits for it any more. Whoever does wait is told by
     * {@link #signalChange} when everything else knows. Lane thread.
     */
    boolean onOpened(InetSocketAddress local, TlsSessionInfo session) {
        localAddress = local;
        tlsSession = session;
        boolean opened = state.compareAndSet(State.CONNECTING, State.CONNECTED);
        if (opened) {
            cancelTimeout();
        }
        return opened;
    }

    /**
     * Ends the socket with a cause; what arrived whole before can still be read. Any thread.
     *
     * @return false if it had ended already
     */
    boolean fail(IOException cause) {
        boolean failed = false;
        for (State now = state.get(); !failed && now != State.FAILED && now != State.CLOSED; now = state.get()) {
            failed = failFrom(now, cause);
        }
        return failed;
    }

    /**
     * Ends the socket if it is still being connected: a time limit that comes together with the connection must not
     * take it away again. Any thread.
     *
     * @return false if it is not being connected any more
     */
    boolean failConnecting(IOException cause) {
        return failFrom(State.CONNECTING, cause);
    }

    private boolean failFrom(State expected, IOException cause) {
        synchronized (failure) {
            if (state.get() != expected) {
                return false;
            }
            // Set first, because whoever sees the state looks for it; only in here a socket fails.
            failure.set(cause);
            if (!state.compareAndSet(expected, State.FAILED)) {
                failure.set(null);
                return false;
            }
        }
        cancelTimeout();
        signalChange();
        return true;
    }

    /** Nothing can be sent any more, and what was written is lost. Lane thread. */
    void failWrites(IOException cause) {
        writeFailure = cause;
        unsent.clear();
        signalChange();
    }

    boolean isClosed() {
        return state.get() == State.CLOSED;
    }

    @Override
    public boolean isLive() {
        State now = state.get();
        return now == State.CONNECTED || now == State.CONNECTING;
    }

    ReceiveBuffer received() {
        return received;
    }

    ReceiveMode receive() {
        return receive;
    }

    /** Describes a socket that has an index. Any thread. */
    SocketInfo describe() {
        return new SocketInfo(
                index,
                peer == null ? SocketInfo.Kind.CLIENT : SocketInfo.Kind.ACCEPTED,
                request.host(),
                request.port(),
                isTls(),
                describedState(),
                accessMode(),
                engine.ports().inForce(this),
                received.arrivedBytes(),
                unsent.totalRemovedBytes(),
                received.sizeBytes(),
                unsent.size(),
                receive.switches());
    }

    private SocketInfo.State describedState() {
        return switch (state.get()) {
            case UNCONNECTED, CONNECTING -> SocketInfo.State.CONNECTING;
            case CONNECTED -> isCloseAnnounced() ? SocketInfo.State.CLOSED_BY_PEER : SocketInfo.State.CONNECTED;
            case FAILED -> SocketInfo.State.FAILED;
            case CLOSED -> SocketInfo.State.CLOSING;
        };
    }

    SendBuffer unsent() {
        return unsent;
    }

    SentAudit sentAudit() {
        return sentAudit;
    }

    boolean isInputShutdown() {
        return inputShutdown;
    }

    /** Everything that the peer sent before it closed has been received. Lane thread. */
    void endStream() {
        endOfStream = true;
        signalChange();
    }

    /** Returns true for the first announcement of the peer's close only. */
    boolean announceClose() {
        return closeAnnounced.compareAndSet(false, true);
    }

    void unannounceClose() {
        closeAnnounced.set(false);
    }

    boolean isCloseAnnounced() {
        return closeAnnounced.get();
    }

    /** Puts the socket into the queue of those that have something to send, unless it is there. */
    void scheduleSend() {
        if (sendScheduled.compareAndSet(false, true)) {
            engine.enqueueSend(this);
        } else {
            engine.ports().onWritten(this);
        }
    }

    /** The lane has found nothing to send; what was written since puts the socket back. Lane thread. */
    void sendIdle() {
        sendScheduled.set(false);
        if (unsent.size() > 0) {
            scheduleSend();
        }
    }

    /** The socket's part of the round of those that send. Lane thread. */
    SendRound.Share sendShare() {
        return sendShare;
    }

    void setPausing(boolean nowPausing) {
        pausing = nowPausing;
    }

    /** Returns the pause before the same bytes are sent again. Lane thread. */
    GrowingPause sendPause() {
        return sendPause;
    }

    void onTaken() {
        sendPause.reset();
        sentAnything = true;
        receive.steps().onSent();
    }

    boolean hasSentAnything() {
        return sentAnything;
    }

    int countFailedOpen() {
        return ++failedOpens;
    }

    @Override
    public GrowingPause closePause() {
        return closePause;
    }

    void setLingerDeadline(long nanos) {
        lingerDeadlineNanos = nanos;
    }

    boolean isLingering() {
        return lingerDeadlineNanos - System.nanoTime() > 0;
    }
}
