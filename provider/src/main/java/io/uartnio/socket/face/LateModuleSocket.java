package io.uartnio.socket.face;

import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A socket of a modem that is still being opened: it is connecting until the modem is there, and then a socket of the
 * modem does the work. The lock is only for the time before that; afterwards all goes straight on. Threads: as
 * {@link ModuleSocket} says.
 */
final class LateModuleSocket implements ModuleSocket, LateModem.Opened {

    private final LateModem modem;
    /** How the module runs TLS on the socket, null for plain TCP. */
    private final TlsProfile tls;

    /** The modem's socket, once it has begun to connect. */
    private volatile ModuleSocket socket;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What is said while there is no {@link #socket}; written under the lock, as is all that follows. */
    private volatile State early = State.UNCONNECTED;

    private volatile IOException earlyFailure;

    /** Negative, so that it is different from every stamp of the modem's socket. */
    private volatile long earlyStamp = Long.MIN_VALUE;

    private volatile AccessMode earlyMode;
    /** Null if none was set. */
    private Integer earlyHighWaterBytes;

    private volatile ChangeListener listener;
    private String host;
    private int port;
    private long limitMillis;
    private long connectNanos;

    LateModuleSocket(LateModem modem, TlsProfile tls) {
        this.modem = modem;
        this.tls = tls;
    }

    @Override
    public State state() {
        ModuleSocket open = socket;
        return open == null ? early : open.state();
    }

    @Override
    public void connect(String toHost, int toPort, long timeoutMillis) {
        lock.lock();
        try {
            if (early != State.UNCONNECTED) {
                throw new IllegalStateException("socket has been connected or closed: state=" + early);
            }
            early = State.CONNECTING;
            host = toHost;
            port = toPort;
            limitMillis = timeoutMillis;
            connectNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        modem.whenOpen(this);
    }

    /** The modem is open: its socket takes over, unless this one has been closed. */
    @Override
    public void onOpened(LateModem opened) {
        ModuleSocket made = opened.createNow(tls);
        made.setChangeListener(this::tellListener);
        lock.lock();
        try {
            if (early != State.CONNECTING) {
                made.close();
                return;
            }
            if (earlyMode != null) {
                made.setAccessMode(earlyMode);
            }
            if (earlyHighWaterBytes != null) {
                made.setReceiveHighWaterMark(earlyHighWaterBytes);
            }
            made.connect(host, port, remainingMillis());
            socket = made;
        } catch (IOException e) {
            fail(e);
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            SocketException refused = new SocketException(e.getMessage());
            refused.initCause(e);
            fail(refused);
        } finally {
            lock.unlock();
        }
        earlyChange();
    }

    /** Whoever set a limit wants it kept although the modem took a part of it. */
    private long remainingMillis() {
        if (limitMillis == 0) {
            return 0;
        }
        return Math.max(1, limitMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - connectNanos));
    }

    @Override
    public void onFailed(IOException cause) {
        lock.lock();
        try {
            if (early == State.CONNECTING) {
                fail(cause);
            }
        } finally {
            lock.unlock();
        }
        earlyChange();
    }

    private void fail(IOException cause) {
        earlyFailure = cause;
        early = State.FAILED;
    }

    /** Wakes who waits for this socket while it is early, and tells the listener. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock
    private void earlyChange() {
        lock.lock();
        try {
            earlyStamp = earlyStamp + 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        tellListener();
    }

    private void tellListener() {
        ChangeListener told = listener;
        if (told != null) {
            told.onChange();
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        ModuleSocket open = socket;
        return open == null ? null : open.localAddress();
    }

    @Override
    public TlsSessionInfo tlsSession() {
        ModuleSocket open = socket;
        return open == null ? null : open.tlsSession();
    }

    @Override
    public IOException failure() {
        ModuleSocket open = socket;
        if (open != null) {
            return open.failure();
        }
        return earlyFailure;
    }

    @Override
    public boolean isReadable() {
        ModuleSocket open = socket;
        return open == null ? hasEnded() : open.isReadable();
    }

    @Override
    public boolean isAtEnd() {
        ModuleSocket open = socket;
        return open != null && open.isAtEnd();
    }

    @Override
    public boolean isWritable() {
        ModuleSocket open = socket;
        return open == null ? hasEnded() : open.isWritable();
    }

    private boolean hasEnded() {
        return early == State.FAILED || early == State.CLOSED;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ModuleSocket open = socket;
        if (open == null) {
            throw notConnected();
        }
        return open.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        ModuleSocket open = socket;
        if (open == null) {
            throw notConnected();
        }
        return open.write(source);
    }

    private IOException notConnected() {
        return switch (early) {
            case FAILED -> earlyFailure;
            case CLOSED -> new ClosedChannelException();
            default -> new SocketException("socket is not connected");
        };
    }

    @Override
    public void shutdownInput() {
        ModuleSocket open = socket;
        if (open != null) {
            open.shutdownInput();
        }
    }

    @Override
    public void shutdownOutput() {
        ModuleSocket open = socket;
        if (open != null) {
            open.shutdownOutput();
        }
    }

    /** Passed on before the connect, or at once. */
    @Override
    public void setAccessMode(AccessMode mode) throws IOException {
        ModuleSocket open;
        lock.lock();
        try {
            open = socket;
            if (open == null) {
                if (early == State.CLOSED) {
                    throw new ClosedChannelException();
                }
                earlyMode = mode;
            }
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.setAccessMode(mode);
        }
    }

    /** While the modem is not open, nobody knows its own mode: that of a line with flow control is said. */
    @Override
    public AccessMode accessMode() {
        ModuleSocket open = socket;
        if (open != null) {
            return open.accessMode();
        }
        AccessMode set = earlyMode;
        return set == null ? AccessMode.ADAPTIVE : set;
    }

    @Override
    public void setReceiveHighWaterMark(int bytes) {
        ModuleSocket open;
        lock.lock();
        try {
            open = socket;
            if (open == null) {
                earlyHighWaterBytes = bytes;
            }
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.setReceiveHighWaterMark(bytes);
        }
    }

    @Override
    public int bytesReadable() {
        ModuleSocket open = socket;
        return open == null ? 0 : open.bytesReadable();
    }

    @Override
    public int bytesUnsent() {
        ModuleSocket open = socket;
        return open == null ? 0 : open.bytesUnsent();
    }

    @Override
    public long bytesTaken() {
        ModuleSocket open = socket;
        return open == null ? 0 : open.bytesTaken();
    }

    @Override
    public void tellOfTakenFrom(long bytes) {
        ModuleSocket open = socket;
        if (open != null) {
            open.tellOfTakenFrom(bytes);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            early = State.CLOSED;
        } finally {
            lock.unlock();
        }
        ModuleSocket open = socket;
        if (open != null) {
            open.close();
        }
        earlyChange();
    }

    @Override
    public void setChangeListener(ChangeListener newListener) {
        listener = newListener;
    }

    @Override
    public void awaitChange(long stamp, long deadlineNanos) {
        ModuleSocket open = socket;
        if (open == null) {
            awaitEarlyChange(stamp, deadlineNanos);
        } else if (stamp >= 0) {
            open.awaitChange(stamp, deadlineNanos);
        }
    }

    @SuppressWarnings("WaitNotInLoop") // may return early: the loop is the caller's
    private void awaitEarlyChange(long stamp, long deadlineNanos) {
        lock.lock();
        try {
            if (socket == null && earlyStamp == stamp) {
                if (deadlineNanos == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    changed.awaitNanos(deadlineNanos - System.nanoTime());
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
        ModuleSocket open = socket;
        return open == null ? earlyStamp : open.changeStamp();
    }

    @Override
    public void signalChange() {
        ModuleSocket open = socket;
        if (open == null) {
            earlyChange();
        } else {
            open.signalChange();
        }
    }

    @Override
    public int index() {
        ModuleSocket open = socket;
        return open == null ? -1 : open.index();
    }
}
