package io.uartnio.netty;

import io.uartnio.AccessMode;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * A module's socket as its interface describes it, with a send ring of {@link #RING_BYTES}. The module's side is played
 * by the test's thread: it connects, takes, delivers and ends when it is told to.
 */
final class PlayedSocket extends PlayedSource implements ModuleSocket {

    static final int RING_BYTES = 4096;

    static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.2", 4711);

    // All guarded by this monitor.
    private State state = State.UNCONNECTED;
    private IOException failure;
    private IOException writeFailure;
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    private int receivedOffset;
    private final ByteArrayOutputStream ring = new ByteArrayOutputStream();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private boolean ended;
    private boolean inputShutdown;
    private boolean outputShutdown;
    private AccessMode accessMode;
    private String host;
    private int port;
    private int reads;
    private int highWaterBytes;
    private long tellFromBytes;

    // -- the module --

    void connect() {
        change(() -> state = State.CONNECTED);
    }

    void fail(IOException cause) {
        change(() -> {
            if (state != State.CLOSED) {
                failure = cause;
                state = State.FAILED;
            }
        });
    }

    /** Refuses what is in the ring and all that follows; what was received can still be read. */
    void refuseWrites(IOException cause) {
        change(() -> {
            writeFailure = cause;
            ring.reset();
        });
    }

    /**
     * Takes the oldest bytes of the ring, and tells of it if that is asked for.
     *
     * @return true if it has told
     */
    boolean take(int count) {
        boolean tells = locked(() -> {
            byte[] all = ring.toByteArray();
            taken.write(all, 0, count);
            ring.reset();
            ring.write(all, count, all.length - count);
            return taken.size() >= tellFromBytes;
        });
        if (tells) {
            signalChange();
        }
        return tells;
    }

    /** Takes all there is; returns how much. */
    int takeAll() {
        int count = bytesUnsent();
        take(count);
        return count;
    }

    byte[] taken() {
        return locked(taken::toByteArray);
    }

    void deliver(byte[] bytes) {
        change(() -> received.add(bytes.clone()));
    }

    void end() {
        change(() -> ended = true);
    }

    String destination() {
        return locked(() -> host + ":" + port);
    }

    boolean isOutputShutdown() {
        return locked(() -> outputShutdown);
    }

    /** Returns how often {@link #read} was called. */
    int reads() {
        return locked(() -> reads);
    }

    boolean hasUnread() {
        return locked(() -> !received.isEmpty());
    }

    // -- ModuleSocket --

    @Override
    public State state() {
        return locked(() -> state);
    }

    @Override
    public synchronized void connect(String toHost, int toPort, long timeoutMillis) throws IOException {
        if (toPort < 1) {
            throw new IllegalArgumentException("port out of range: port=" + toPort);
        }
        if (state != State.UNCONNECTED) {
            throw new IllegalStateException("socket has been connected or closed: state=" + state);
        }
        if (toHost.equals("no-index.test")) {
            throw new SocketException("no socket is free");
        }
        host = toHost;
        port = toPort;
        state = State.CONNECTING;
    }

    @Override
    public synchronized InetSocketAddress localAddress() {
        return state.compareTo(State.CONNECTED) < 0 ? null : LOCAL;
    }

    @Override
    public synchronized IOException failure() {
        return state == State.FAILED ? failure : null;
    }

    @Override
    public synchronized boolean isReadable() {
        return switch (state) {
            case UNCONNECTED, CONNECTING -> false;
            case CONNECTED -> inputShutdown || ended || !received.isEmpty();
            case FAILED, CLOSED -> true;
        };
    }

    @Override
    public synchronized boolean isAtEnd() {
        return state == State.CONNECTED && ended && received.isEmpty();
    }

    @Override
    public synchronized boolean isWritable() {
        return switch (state) {
            case UNCONNECTED, CONNECTING -> false;
            case CONNECTED -> outputShutdown || writeFailure != null || ring.size() < RING_BYTES;
            case FAILED, CLOSED -> true;
        };
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        reads++;
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (inputShutdown) {
            return -1;
        }
        int count = 0;
        while (target.hasRemaining() && !received.isEmpty()) {
            byte[] first = received.peek();
            int length = Math.min(target.remaining(), first.length - receivedOffset);
            target.put(first, receivedOffset, length);
            count += length;
            receivedOffset += length;
            if (receivedOffset == first.length) {
                received.remove();
                receivedOffset = 0;
            }
        }
        if (count > 0) {
            return count;
        }
        if (state == State.FAILED) {
            throw failure;
        }
        return ended ? -1 : 0;
    }

    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        if (state == State.CLOSED || outputShutdown) {
            throw new ClosedChannelException();
        }
        if (state == State.FAILED) {
            throw failure;
        }
        if (writeFailure != null) {
            throw writeFailure;
        }
        int count = Math.min(RING_BYTES - ring.size(), source.remaining());
        for (int i = 0; i < count; i++) {
            ring.write(source.get());
        }
        return count;
    }

    @Override
    public void shutdownInput() {
        change(() -> inputShutdown = true);
    }

    @Override
    public void shutdownOutput() {
        change(() -> outputShutdown = true);
    }

    @Override
    public void setAccessMode(AccessMode mode) {
        if (mode == AccessMode.TRANSPARENT) {
            throw new UnsupportedOperationException("module does not have this access mode: mode=" + mode);
        }
        change(() -> accessMode = mode);
    }

    @Override
    public synchronized AccessMode accessMode() {
        return accessMode == null ? AccessMode.ADAPTIVE : accessMode;
    }

    @Override
    public void setReceiveHighWaterMark(int bytes) {
        if (bytes > RING_BYTES) {
            throw new IllegalArgumentException("receive high-water mark out of range: bytes=" + bytes);
        }
        change(() -> highWaterBytes = bytes);
    }

    int receiveHighWaterMark() {
        return locked(() -> highWaterBytes);
    }

    @Override
    public TlsSessionInfo tlsSession() {
        return null;
    }

    @Override
    public synchronized int bytesReadable() {
        return received.stream().mapToInt(bytes -> bytes.length).sum() - receivedOffset;
    }

    @Override
    public synchronized int bytesUnsent() {
        return ring.size();
    }

    @Override
    public synchronized long bytesTaken() {
        return taken.size();
    }

    @Override
    public synchronized void tellOfTakenFrom(long bytes) {
        tellFromBytes = bytes;
    }

    @Override
    public void close() {
        change(() -> state = State.CLOSED);
    }

    @Override
    public int index() {
        return 3;
    }

    private synchronized <T> T locked(Supplier<T> value) {
        return value.get();
    }
}
