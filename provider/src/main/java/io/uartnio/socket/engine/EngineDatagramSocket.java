package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.SocketInfo;
import io.uartnio.at.LaneTask;
import io.uartnio.at.SendOutcome;
import io.uartnio.frame.Source;
import io.uartnio.module.DatagramRequest;
import io.uartnio.module.ModuleDriver;
import io.uartnio.socket.ModuleDatagramSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A socket with datagrams: a buffer of whole ones each way. What finds no room is dropped and counted. Threads: as
 * {@link ModuleDatagramSocket} says, and the methods marked so.
 */
final class EngineDatagramSocket extends EngineEndpoint implements ModuleDatagramSocket {

    /** How often a datagram is offered to a module that has no room for it. */
    private static final int MAX_OFFERS = 24;

    private static final long FIRST_LOOK_MILLIS = 1_000;
    private static final long MAX_LOOK_MILLIS = 8_000;

    /** The longest datagram that a module gives out. */
    private static final int MAX_RECEIVED_BYTES = 1500;

    /** Whose datagrams are kept; each is another, as what came before it is forgotten. */
    private static final class Filter {
        private final long peer;

        Filter(long peer) {
            this.peer = peer;
        }

        boolean keeps(long from) {
            return peer == Source.NONE || peer == from;
        }
    }

    private final LaneTask sendStep = this::sendNext;
    private final LaneTask readStep = this::readNext;
    private final AtomicBoolean sendScheduled = new AtomicBoolean();
    private final AtomicBoolean readScheduled = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicReference<IOException> sendFailure = new AtomicReference<>();

    private volatile DatagramRequest request;
    private volatile Filter filter = new Filter(Source.NONE);
    private volatile DatagramBuffer received;
    private volatile DatagramBuffer unsent;
    /** Data may wait in the module. Set by any thread, cleared before the read that looks. */
    private volatile boolean mayMoreWait;

    // The reader thread's alone: whose datagram is in hand, null if it is not kept.
    private Filter takenFor;

    // The consumer's alone: who was the last to send.
    private long lastPeer = Source.NONE;
    private InetSocketAddress lastAddress;

    // The lane thread's alone.
    private byte[] payload;
    private int offers;
    private final GrowingPause sendPause = SendScheduler.newPause();
    private final GrowingPause lookPause = new GrowingPause(FIRST_LOOK_MILLIS, MAX_LOOK_MILLIS);
    private boolean lookAwaited;

    EngineDatagramSocket(Endpoints endpoints) {
        super(endpoints);
    }

    // ------------------------------------------------------------------ faces

    @Override
    public State state() {
        return switch (stage()) {
            case UNBOUND -> State.UNBOUND;
            case OPENING -> State.OPENING;
            case OPEN -> State.OPEN;
            case FAILED -> State.FAILED;
            case CLOSED -> State.CLOSED;
        };
    }

    @Override
    public void open(int localPort) throws IOException {
        start(new DatagramRequest(null, 0, localPort, endpoints().datagramMode()));
    }

    @Override
    public void connect(String host, int port, int localPort) throws IOException {
        start(new DatagramRequest(host, port, localPort, endpoints().datagramMode()));
    }

    private void start(DatagramRequest wanted) throws IOException {
        endpoints().check(wanted);
        if (stage() == Stage.UNBOUND) {
            request = wanted;
            received = endpoints().newReceiveBuffer();
            unsent = endpoints().newSendBuffer();
            payload = new byte[endpoints().maxSendBytes()];
        }
        start();
    }

    @Override
    public void setPeer(InetSocketAddress peer) {
        filter = new Filter(peer == null ? Source.NONE : pack(peer));
        DatagramBuffer buffer = received;
        if (buffer != null) {
            buffer.clear();
        }
    }

    private static long pack(InetSocketAddress peer) {
        byte[] address = peer.getAddress().getAddress();
        int packed = ByteBuffer.wrap(address).getInt();
        return Source.of(packed, peer.getPort());
    }

    @Override
    public int maxSendBytes() {
        return endpoints().maxSendBytes();
    }

    @Override
    public boolean isReadable() {
        Stage now = stage();
        return now == Stage.FAILED || now == Stage.CLOSED || (now == Stage.OPEN && !received.isEmpty());
    }

    @Override
    public boolean isWritable() {
        Stage now = stage();
        return now == Stage.FAILED || now == Stage.CLOSED || (now == Stage.OPEN && unsent.hasRoom(maxSendBytes()));
    }

    @Override
    public InetSocketAddress receive(ByteBuffer target) throws IOException {
        if (stage() == Stage.FAILED || stage() == Stage.OPEN) {
            DatagramBuffer buffer = received;
            if (buffer != null && !buffer.isEmpty()) {
                InetSocketAddress peer = address(buffer.peer());
                buffer.peek(target);
                buffer.remove();
                if (mayMoreWait) {
                    readSoon();
                }
                return peer;
            }
        }
        requireOpen();
        return null;
    }

    /** Mostly the one before again, so nothing is allocated then. */
    private InetSocketAddress address(long peer) {
        if (lastAddress == null || peer != lastPeer) {
            lastAddress = peer == Source.NONE
                    ? InetSocketAddress.createUnresolved(request.host(), request.port())
                    : unpack(peer);
            lastPeer = peer;
        }
        return lastAddress;
    }

    static InetSocketAddress unpack(long peer) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(Source.address(peer)), Source.port(peer));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    @Override
    public boolean send(ByteBuffer source, InetSocketAddress target) throws IOException {
        requireOpen();
        if ((target == null) != request.hasPeer()) {
            throw new IllegalArgumentException(
                    request.hasPeer() ? "socket has one peer, no other target" : "target is missing");
        }
        if (target != null && !endpoints().canSendTo(target)) {
            throw new IllegalArgumentException("module sends datagrams to IPv4 addresses only: target=" + target);
        }
        int length = source.remaining();
        if (length == 0 || length > maxSendBytes()) {
            throw new IOException("module sends datagrams of 1 to " + maxSendBytes() + " bytes: length=" + length);
        }
        if (!unsent.begin(length, target == null ? Source.NONE : pack(target))) {
            return false;
        }
        unsent.put(source);
        unsent.end();
        sendSoon();
        return true;
    }

    @Override
    public int datagramsUnsent() {
        DatagramBuffer buffer = unsent;
        return buffer == null ? 0 : buffer.count();
    }

    @Override
    public IOException pollSendFailure() {
        return sendFailure.getAndSet(null);
    }

    @Override
    public long droppedDatagrams() {
        return dropped.get();
    }

    // ------------------------------------------------------------------ reader thread

    /** A datagram begins; returns false if it is not kept, and then it is counted off. Reader thread. */
    boolean begin(int lengthBytes, long peer) {
        Filter wanted = filter;
        boolean kept = stage() == Stage.OPEN && wanted.keeps(peer);
        if (!kept || !received.begin(lengthBytes, peer)) {
            takenFor = null;
            dropped.incrementAndGet();
            return false;
        }
        takenFor = wanted;
        return true;
    }

    /** A piece of the datagram in hand. Reader thread. */
    void put(byte[] bytes, int offset, int length) {
        received.put(bytes, offset, length);
    }

    /** The datagram in hand is whole. Reader thread. */
    void end() {
        if (takenFor != filter) {
            // Somebody else's datagrams are wanted since it began.
            dropped.incrementAndGet();
            return;
        }
        received.end();
        signalChange();
    }

    /** The module says that data waits in it. Any thread. */
    void onDataWaiting() {
        mayMoreWait = true;
        readSoon();
    }

    private void readSoon() {
        if (readScheduled.compareAndSet(false, true)) {
            endpoints().submitRead(readStep);
        }
    }

    private void sendSoon() {
        if (sendScheduled.compareAndSet(false, true)) {
            endpoints().submit(sendStep);
        }
    }

    // ------------------------------------------------------------------ lane thread

    /** Reads one datagram, if there is room for it; who makes room comes here again. */
    private void readNext() throws IOException {
        readScheduled.set(false);
        if (stage() != Stage.OPEN || !endpoints().holdsIndex(this) || !mayMoreWait) {
            return;
        }
        if (!received.hasRoom(MAX_RECEIVED_BYTES)) {
            return;
        }
        // Before the question: what is announced behind its answer is looked for again.
        mayMoreWait = false;
        if (endpoints().driver().readDatagram(index())) {
            mayMoreWait = true;
            lookPause.reset();
            readSoon();
        } else {
            lookLater();
        }
    }

    /** A notice may be lost, so now and then it is looked whether something waits. */
    private void lookLater() {
        if (request.accessMode() == AccessMode.BUFFER && !lookAwaited) {
            lookAwaited = true;
            endpoints().later(this::look, lookPause.nextMillis());
        }
    }

    private void look() {
        endpoints().submit(() -> {
            lookAwaited = false;
            onDataWaiting();
        });
    }

    /** Sends one datagram; the next one waits for its turn like everybody else's work. */
    private void sendNext() throws IOException {
        if (!endpoints().holdsIndex(this) || stage() == Stage.FAILED) {
            unsent.clear();
        }
        if (!unsent.isEmpty()) {
            long pause = offerOrGiveUp();
            if (pause > 0) {
                endpoints().later(() -> endpoints().submit(sendStep), pause);
                return;
            }
        }
        goOn();
    }

    private void goOn() {
        sendScheduled.set(false);
        if (!unsent.isEmpty()) {
            sendSoon();
        } else if (isClosed()) {
            endpoints().closeStepLater(this);
        }
    }

    /** A datagram of which nobody knows what became is not offered again. */
    private long offerOrGiveUp() throws IOException {
        int before = unsent.count();
        try {
            return offer();
        } catch (IOException e) {
            if (unsent.count() >= before) {
                done(e);
            }
            goOn();
            throw e;
        }
    }

    /** Offers the oldest datagram to the module; returns how long to wait before it is offered again, or 0. */
    private long offer() throws IOException {
        int length = unsent.length();
        unsent.peek(ByteBuffer.wrap(payload));
        SendOutcome outcome = endpoints().driver().sendDatagram(index(), unsent.peer(), payload, length);
        switch (outcome) {
            case TAKEN -> done(null);
            case BUFFER_FULL -> {
                if (++offers < MAX_OFFERS) {
                    return sendPause.nextMillis();
                }
                done(failed("module has had no room for the datagram"));
            }
            case REFUSED -> onRefused();
            case UNKNOWN -> done(failed("answers of two sends differ, so whether the datagram left is not known"));
        }
        return 0;
    }

    private void onRefused() throws IOException {
        IOException why = endpoints().driver().explainRefusal(index(), false);
        done(why);
        if (!endpoints().driver().isConnected(index(), false)) {
            failAndRelease(why);
        }
    }

    private ModemException failed(String what) {
        return new ModemException(what, endpoints().details().socket(index()));
    }

    private void done(IOException failure) {
        if (failure != null) {
            sendFailure.set(failure);
        }
        offers = 0;
        sendPause.reset();
        unsent.remove();
        signalChange();
    }

    // ------------------------------------------------------------------ endpoint

    @Override
    void open(ModuleDriver driver, int atIndex) throws IOException {
        driver.openDatagrams(atIndex, request);
    }

    @Override
    void onOpen() {
        signalChange();
        onDataWaiting();
    }

    @Override
    void onEnd() {
        // The buffers go with the socket; who reads what came before a failure still has it.
    }

    @Override
    boolean isPushedTo() {
        return request.accessMode() == AccessMode.DIRECT_PUSH;
    }

    @Override
    boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    @Override
    String target() {
        return request.hasPeer() ? "host=" + request.host() + ":" + request.port() : "localPort=" + request.localPort();
    }

    @Override
    SocketInfo describe() {
        AccessMode mode = request.accessMode();
        return new SocketInfo(
                index(),
                SocketInfo.Kind.DATAGRAM,
                request.hasPeer() ? request.host() : "0.0.0.0",
                request.hasPeer() ? request.port() : request.localPort(),
                false,
                describedState(SocketInfo.State.CONNECTED),
                mode,
                mode,
                received.totalBytes(),
                unsent.totalRemovedBytes(),
                received.sizeBytes(),
                unsent.sizeBytes(),
                0);
    }
}
