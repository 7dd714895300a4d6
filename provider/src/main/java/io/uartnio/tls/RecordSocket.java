package io.uartnio.tls;

import io.uartnio.AccessMode;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * A socket on which the module runs TLS, as the faces get it: what is written and read passes through untouched, unless
 * the first that is written is the hello of an engine of this JVM. Then the engine gets its answer, and from there on
 * the socket speaks records. It lies under every face, so that each of them can carry an engine and none knows of it.
 *
 * <p>Only while a beginning may still become a hello, a few bytes, is there a lock, and they are held back. That is so
 * only while an engine waits, and for what begins as its hello does; when nothing follows for
 * {@value #HOLD_MILLIS} ms they are payload. Threads: as {@link ModuleSocket} says.
 */
final class RecordSocket implements ModuleSocket {

    /** What is written to the socket; it only ever moves from the first to one of the others. */
    private enum Content {
        /** Nothing has been written, or what may be the beginning of a hello. */
        UNDECIDED,
        /** The first that was written was no hello. */
        PAYLOAD,
        /** A hello was written, and an engine waited for it. */
        RECORDS
    }

    private static final long HOLD_MILLIS = 5_000;

    private final ModuleSocket socket;
    private final ModuleSockets sockets;
    private final Meetings meetings;

    private volatile Content content = Content.UNDECIDED;
    private volatile String host;
    private volatile int port;
    private volatile boolean inputShutdown;

    /** Both are there before {@link #content} says records. */
    private RecordFramer framer;

    private RecordStripper stripper;

    /** Guards what follows, and the way out of {@link Content#UNDECIDED}. Nothing waits under it. */
    private final Object undecided = new Object();

    private final byte[] held = new byte[Meeting.HELLO_BYTES];
    private int heldBytes;

    RecordSocket(ModuleSocket socket, ModuleSockets sockets, Meetings meetings) {
        this.socket = socket;
        this.sockets = sockets;
        this.meetings = meetings;
    }

    @Override
    public void connect(String toHost, int toPort, long timeoutMillis) throws IOException {
        host = toHost;
        port = toPort;
        socket.connect(toHost, toPort, timeoutMillis);
    }

    // ------------------------------------------------------------------ write

    @Override
    public int write(ByteBuffer source) throws IOException {
        return switch (content) {
            case UNDECIDED -> writeUndecided(source);
            case PAYLOAD -> socket.write(source);
            case RECORDS -> stripper.write(source);
        };
    }

    private int writeUndecided(ByteBuffer source) throws IOException {
        int taken = 0;
        synchronized (undecided) {
            if (content == Content.UNDECIDED && socket.state() == State.CONNECTED) {
                taken = takeBeginning(source);
            }
            if (content == Content.PAYLOAD || socket.state() != State.CONNECTED) {
                return socket.write(source);
            }
        }
        if (content == Content.RECORDS) {
            // There is an answer to read now.
            socket.signalChange();
        }
        return taken;
    }

    /** Takes what may belong to a hello; decides as soon as that can be. Under the lock. */
    private int takeBeginning(ByteBuffer source) throws IOException {
        if (heldBytes == 0 && meetings.isEmpty()) {
            content = source.hasRemaining() ? Content.PAYLOAD : content;
            return 0;
        }
        int start = source.position();
        int count = Math.min(source.remaining(), held.length - heldBytes);
        source.get(held, heldBytes, count);
        int bytes = heldBytes + count;
        Meeting meeting = bytes == held.length ? meetings.take(held) : null;
        if (meeting != null) {
            meet(meeting);
        } else if (bytes < held.length && meetings.isBeginning(held, bytes)) {
            hold(bytes);
        } else {
            source.position(start);
            count = 0;
            letGo();
        }
        return count;
    }

    private void meet(Meeting meeting) {
        heldBytes = 0;
        ChannelFacts facts = new ChannelFacts(sockets, host, port, socket.tlsSession());
        framer = new RecordFramer(socket, meeting.meet(facts));
        stripper = new RecordStripper(socket, held.length);
        content = Content.RECORDS;
    }

    private void hold(int bytes) {
        if (heldBytes == 0 && bytes > 0) {
            TimerThread.schedule(this::letGoInTime, HOLD_MILLIS, TimeUnit.MILLISECONDS);
        }
        heldBytes = bytes;
    }

    private void letGoInTime() {
        synchronized (undecided) {
            letGoQuietly();
        }
    }

    /** What is held is payload after all. They are the first bytes of the socket, so there is room for them. */
    private void letGo() throws IOException {
        ByteBuffer first = ByteBuffer.wrap(held, 0, heldBytes);
        while (first.hasRemaining()) {
            if (socket.write(first) == 0) {
                throw new IOException("socket takes nothing although nothing was sent: index=" + socket.index());
            }
        }
        heldBytes = 0;
        content = Content.PAYLOAD;
    }

    /** As {@link #letGo()}, for callers to whom a lost connection is no news. Under the lock. */
    private void letGoQuietly() {
        if (content == Content.UNDECIDED && heldBytes > 0) {
            try {
                letGo();
            } catch (IOException e) {
                // The socket tells whoever uses it next.
                heldBytes = 0;
            }
        }
    }

    @Override
    public boolean isWritable() {
        return socket.isWritable();
    }

    @Override
    public int bytesUnsent() {
        int more = 0;
        if (content == Content.UNDECIDED) {
            synchronized (undecided) {
                more = heldBytes;
            }
        }
        return more + socket.bytesUnsent();
    }

    @Override
    public long bytesTaken() {
        return content == Content.RECORDS ? stripper.bytesTaken() : socket.bytesTaken();
    }

    @Override
    public void shutdownOutput() {
        letGoInTime();
        socket.shutdownOutput();
    }

    // ------------------------------------------------------------------ read

    @Override
    public int read(ByteBuffer target) throws IOException {
        boolean records = content == Content.RECORDS && !inputShutdown && socket.state() != State.CLOSED;
        return records ? framer.read(target) : socket.read(target);
    }

    @Override
    public boolean isReadable() {
        return (content == Content.RECORDS && framer.hasWaiting()) || socket.isReadable();
    }

    @Override
    public boolean isAtEnd() {
        return (content == Content.RECORDS && !inputShutdown) ? framer.isAtEnd() : socket.isAtEnd();
    }

    @Override
    public int bytesReadable() {
        return content == Content.RECORDS ? framer.bytesReadable() : socket.bytesReadable();
    }

    @Override
    public void shutdownInput() {
        inputShutdown = true;
        socket.shutdownInput();
    }

    // ------------------------------------------------------------------ as it is

    @Override
    public void close() {
        letGoInTime();
        socket.close();
    }

    @Override
    public State state() {
        return socket.state();
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public TlsSessionInfo tlsSession() {
        return socket.tlsSession();
    }

    @Override
    public IOException failure() {
        return socket.failure();
    }

    @Override
    public void setAccessMode(AccessMode mode) throws IOException {
        socket.setAccessMode(mode);
    }

    @Override
    public AccessMode accessMode() {
        return socket.accessMode();
    }

    @Override
    public void setReceiveHighWaterMark(int bytes) {
        socket.setReceiveHighWaterMark(bytes);
    }

    @Override
    public void setChangeListener(ChangeListener listener) {
        socket.setChangeListener(listener);
    }

    @Override
    public void awaitChange(long stamp, long deadlineNanos) {
        socket.awaitChange(stamp, deadlineNanos);
    }

    @Override
    public long changeStamp() {
        return socket.changeStamp();
    }

    @Override
    public void signalChange() {
        socket.signalChange();
    }

    @Override
    public int index() {
        return socket.index();
    }
}
