package io.uartnio.netty;

import io.uartnio.socket.ModuleDatagramSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** A UDP socket of the module's, whose every move a test makes. */
final class PlayedDatagramSocket extends PlayedSource implements ModuleDatagramSocket {

    static final int MAX_SEND_BYTES = 1460;

    /** A datagram and its sender or target. */
    record Datagram(String text, InetSocketAddress address) {}

    /** The module reports that it is open before {@code open} has returned. */
    private final boolean reportsAtOnce;

    // All guarded by this monitor.
    private State state = State.UNBOUND;
    private IOException failure;
    private IOException sendFailure;
    private String host;
    private int port;
    private int localPort;
    private InetSocketAddress peer;
    private final ArrayDeque<Datagram> received = new ArrayDeque<>();
    private final ArrayDeque<Datagram> unsent = new ArrayDeque<>();

    PlayedDatagramSocket(boolean reportsAtOnce) {
        this.reportsAtOnce = reportsAtOnce;
    }

    // -- the module --

    void report() {
        change(() -> state = State.OPEN);
    }

    void fail(IOException cause) {
        change(() -> {
            failure = cause;
            state = State.FAILED;
        });
    }

    void deliver(String text, InetSocketAddress from) {
        change(() -> received.add(new Datagram(text, from)));
    }

    /** Takes the oldest datagram that is to be sent. */
    void takeOne() {
        change(unsent::remove);
    }

    void refuseOne(IOException cause) {
        change(() -> {
            sendFailure = cause;
            unsent.remove();
        });
    }

    synchronized Datagram oldestUnsent() {
        return unsent.peek();
    }

    /** Returns what the module was asked to connect to. */
    synchronized String target() {
        return host + ":" + port;
    }

    synchronized int localPort() {
        return localPort;
    }

    synchronized InetSocketAddress peer() {
        return peer;
    }

    synchronized int waiting() {
        return received.size();
    }

    // -- ModuleDatagramSocket --

    @Override
    public synchronized State state() {
        return state;
    }

    @Override
    public synchronized void open(int wantedPort) {
        localPort = wantedPort;
        state = State.OPENING;
        if (reportsAtOnce) {
            report();
        }
    }

    @Override
    public synchronized void connect(String toHost, int toPort, int wantedPort) {
        host = toHost;
        port = toPort;
        localPort = wantedPort;
        state = State.OPENING;
    }

    @Override
    public synchronized void setPeer(InetSocketAddress newPeer) {
        peer = newPeer;
        received.clear();
    }

    @Override
    public synchronized InetSocketAddress localAddress() {
        return state.compareTo(State.OPEN) < 0 ? null : new InetSocketAddress("10.0.0.2", localPort);
    }

    @Override
    public synchronized IOException failure() {
        return failure;
    }

    @Override
    public int maxSendBytes() {
        return MAX_SEND_BYTES;
    }

    @Override
    public synchronized boolean isReadable() {
        return state.compareTo(State.OPEN) > 0 || !received.isEmpty();
    }

    @Override
    public synchronized boolean isWritable() {
        return state.compareTo(State.OPEN) >= 0;
    }

    @Override
    public synchronized InetSocketAddress receive(ByteBuffer target) throws IOException {
        Datagram next = received.poll();
        if (next != null) {
            byte[] bytes = next.text().getBytes(StandardCharsets.US_ASCII);
            target.put(bytes, 0, Math.min(bytes.length, target.remaining()));
            return next.address();
        }
        checkOpen();
        return null;
    }

    private void checkOpen() throws IOException {
        if (state == State.FAILED) {
            throw failure;
        }
        if (state != State.OPEN) {
            throw new IOException("socket is not open: state=" + state);
        }
    }

    @Override
    public synchronized boolean send(ByteBuffer source, InetSocketAddress target) throws IOException {
        checkOpen();
        if ((target == null) == (host == null)) {
            throw new IllegalArgumentException("target=" + target + " host=" + host);
        }
        unsent.add(new Datagram(StandardCharsets.US_ASCII.decode(source).toString(), target));
        return true;
    }

    @Override
    public synchronized int datagramsUnsent() {
        return unsent.size();
    }

    @Override
    public synchronized IOException pollSendFailure() {
        IOException told = sendFailure;
        sendFailure = null;
        return told;
    }

    @Override
    public long droppedDatagrams() {
        return 0;
    }

    @Override
    public void close() {
        change(() -> state = State.CLOSED);
    }

    @Override
    public int index() {
        return 3;
    }
}
