package io.uartnio.socket;

import io.uartnio.AccessMode;
import io.uartnio.TlsSessionInfo;
import io.uartnio.contract.Peer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A module's socket as the interface describes it: two bounded queues of bytes and a state, all under one lock. The
 * far end is {@link #peer()}.
 */
public final class FakeModuleSocket implements ModuleSocket {

    public static final int QUEUE_BYTES = 16 * 1024;

    /** What every one tells for its local address. */
    public static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.2", 4711);

    private final FakeModule module;
    private final TlsSessionInfo tls;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition condition = lock.newCondition();

    private final ByteQueue received = new ByteQueue(QUEUE_BYTES);
    private final ByteQueue sent = new ByteQueue(QUEUE_BYTES);
    private State state = State.UNCONNECTED;
    private IOException failure;
    private boolean ended;
    private AccessMode accessMode = AccessMode.ADAPTIVE;
    private boolean inputShutdown;
    private boolean outputShutdown;
    private long stamp;
    private ChangeListener listener;

    private String host;
    private int port;
    private long timeoutMillis;

    FakeModuleSocket(FakeModule module, TlsSessionInfo tls) {
        this.module = module;
        this.tls = tls;
    }

    // -- what the tests turn and see --

    public String host() {
        return locked(() -> host);
    }

    public int port() {
        return locked(() -> port);
    }

    public long timeoutMillis() {
        return locked(() -> timeoutMillis);
    }

    public boolean isOutputShutdown() {
        return locked(() -> outputShutdown);
    }

    public void reportConnected() {
        change(() -> {
            if (state == State.CONNECTING) {
                state = State.CONNECTED;
            }
        });
    }

    public void fail(IOException cause) {
        change(() -> {
            if (state != State.CLOSED) {
                failure = cause;
                state = State.FAILED;
            }
        });
    }

    public Peer peer() {
        return new FarEnd();
    }

    // -- ModuleSocket --

    @Override
    public State state() {
        return locked(() -> state);
    }

    @Override
    public void connect(String host, int port, long timeoutMillis) throws IOException {
        if (port < 1 || host.indexOf('"') >= 0) {
            throw new IllegalArgumentException("cannot be put into a command: host=" + host + ", port=" + port);
        }
        lock.lock();
        try {
            if (state != State.UNCONNECTED) {
                throw new IllegalStateException("socket is not unconnected: state=" + state);
            }
            if (port == FakeModule.NO_INDEX_PORT) {
                throw new SocketException("all indexes are in use");
            }
            this.host = host;
            this.port = port;
            this.timeoutMillis = timeoutMillis;
            state = State.CONNECTING;
        } finally {
            lock.unlock();
        }
        if (port == FakeModule.INSTANT_PORT) {
            reportConnected();
        } else if (port == FakeModule.LISTENING_PORT) {
            module.later(this::reportConnected);
        } else if (port == FakeModule.REFUSING_PORT) {
            module.later(() -> fail(new ConnectException("connect refused: code=566, name=socket connect failed")));
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return state().compareTo(State.CONNECTED) < 0 ? null : LOCAL;
    }

    @Override
    public TlsSessionInfo tlsSession() {
        return state().compareTo(State.CONNECTED) < 0 ? null : tls;
    }

    @Override
    public IOException failure() {
        return locked(() -> failure);
    }

    @Override
    public boolean isReadable() {
        return locked(() -> received.count() > 0 || ended || inputShutdown || state.compareTo(State.CONNECTED) > 0);
    }

    @Override
    public boolean isAtEnd() {
        return locked(() -> state == State.CONNECTED && ended && received.count() == 0);
    }

    @Override
    public boolean isWritable() {
        return locked(() -> outputShutdown
                || state.compareTo(State.CONNECTED) > 0
                || (state == State.CONNECTED && sent.room() > 0));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        lock.lock();
        try {
            if (state == State.CLOSED || state.compareTo(State.CONNECTED) < 0) {
                throw new SocketException("module socket cannot be read: state=" + state);
            }
            if (inputShutdown) {
                return -1;
            }
            int n = received.moveTo(target);
            if (n > 0) {
                changed();
                return n;
            }
            if (!target.hasRemaining()) {
                return 0;
            }
            if (state == State.FAILED) {
                throw failure;
            }
            return ended ? -1 : 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        lock.lock();
        try {
            if (state == State.FAILED) {
                throw failure;
            }
            if (state != State.CONNECTED || outputShutdown) {
                throw new SocketException("module socket cannot be written: state=" + state);
            }
            int n = sent.moveFrom(source);
            if (n > 0) {
                changed();
            }
            return n;
        } finally {
            lock.unlock();
        }
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
    public void setAccessMode(AccessMode mode) throws IOException {
        if (mode == AccessMode.TRANSPARENT) {
            throw new UnsupportedOperationException("no such mode: mode=" + mode);
        }
        if (state() == State.CLOSED) {
            throw new ClosedChannelException();
        }
        change(() -> accessMode = mode);
    }

    @Override
    public AccessMode accessMode() {
        return locked(() -> accessMode);
    }

    @Override
    public int bytesReadable() {
        return locked(() -> inputShutdown || state == State.CLOSED ? 0 : received.count());
    }

    @Override
    public void setReceiveHighWaterMark(int bytes) {}

    @Override
    public int bytesUnsent() {
        return locked(sent::count);
    }

    /** What the far end has taken: here the far end is the module too. */
    @Override
    public long bytesTaken() {
        return locked(() -> sent.takenBytes());
    }

    @Override
    public void close() {
        change(() -> state = State.CLOSED);
    }

    @Override
    public void setChangeListener(ChangeListener listener) {
        lock.lock();
        try {
            this.listener = listener;
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // may return early: the loop is the caller's
    public void awaitChange(long since, long deadlineNanos) {
        lock.lock();
        try {
            if (stamp == since) {
                if (deadlineNanos == Long.MAX_VALUE) {
                    condition.await();
                } else {
                    condition.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long changeStamp() {
        return locked(() -> stamp);
    }

    @Override
    public void signalChange() {
        change(() -> {});
    }

    @Override
    public int index() {
        return 3;
    }

    private void changed() {
        stamp++;
        condition.signalAll();
    }

    /** Makes a change under the lock and tells the listener outside it. */
    private void change(Runnable change) {
        ChangeListener told;
        lock.lock();
        try {
            change.run();
            changed();
            told = listener;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.onChange();
        }
    }

    private <T> T locked(Supplier<T> value) {
        lock.lock();
        try {
            return value.get();
        } finally {
            lock.unlock();
        }
    }

    private final class FarEnd implements Peer {

        @Override
        public void send(byte[] bytes) throws IOException {
            ByteBuffer source = ByteBuffer.wrap(bytes);
            while (source.hasRemaining()) {
                long since = changeStamp();
                if (locked(received::room) == 0) {
                    awaitChange(since, Long.MAX_VALUE);
                }
                change(() -> received.moveFrom(source));
            }
        }

        @Override
        public byte[] receive(int count) {
            ByteBuffer target = ByteBuffer.allocate(count);
            while (target.hasRemaining()) {
                long since = changeStamp();
                if (locked(sent::count) == 0) {
                    awaitChange(since, Long.MAX_VALUE);
                }
                change(() -> sent.moveTo(target));
            }
            return target.array();
        }

        @Override
        public void awaitEnd() {
            long since = changeStamp();
            while (state() != State.CLOSED) {
                awaitChange(since, Long.MAX_VALUE);
                since = changeStamp();
            }
        }

        @Override
        public void shutdownOutput() {
            change(() -> ended = true);
        }

        /** A module tells nothing but that the connection is closed. */
        @Override
        public void reset() {
            change(() -> ended = true);
        }

        @Override
        public void close() {
            change(() -> ended = true);
        }
    }

    /** Bytes in the order they came, bounded. */
    private static final class ByteQueue {

        private final byte[] bytes;
        private int first;
        private int count;
        private long taken;

        ByteQueue(int capacity) {
            bytes = new byte[capacity];
        }

        int count() {
            return count;
        }

        long takenBytes() {
            return taken;
        }

        int room() {
            return bytes.length - count;
        }

        int moveFrom(ByteBuffer source) {
            int n = Math.min(source.remaining(), room());
            for (int i = 0; i < n; i++) {
                bytes[(first + count++) % bytes.length] = source.get();
            }
            return n;
        }

        int moveTo(ByteBuffer target) {
            int n = Math.min(target.remaining(), count);
            for (int i = 0; i < n; i++) {
                target.put(bytes[first]);
                first = (first + 1) % bytes.length;
                count--;
            }
            taken += n;
            return n;
        }
    }
}
