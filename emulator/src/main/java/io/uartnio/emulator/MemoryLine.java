package io.uartnio.emulator;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A serial line within the JVM, from {@link EmulatorBuilder#startInMemory()}: bytes both ways and, unlike a
 * pseudo-terminal, all the control lines. This is the host's end; it behaves as a serial port does.
 *
 * <ul>
 *   <li>64 KiB wait in each direction. With RTS/CTS at both ends (here {@code rtsCts}, at the module {@code AT+IFC=2,2})
 *       a full store holds the sender back. Without it what finds no room is lost and counted by
 *       {@link EmulatorCounters#bytesOverrun}; so is what the module sends while this end is closed, unless the module
 *       obeys RTS, which a closed port does not assert.
 *   <li>An open asserts DTR and RTS, a close drops them. RTS belongs to the line while {@code rtsCts} holds.
 *   <li>A drop of DTR takes effect when the module has read all that was written before it.
 *   <li>DSR is always asserted, RI never.
 * </ul>
 *
 * <p>Threads: {@link #write} and {@link #setBaudRate} are called by one thread at a time, the rest by any at any time.
 * The listener is called by one thread of the line's own.
 */
public final class MemoryLine {

    /** A control line, named from the host's side. */
    public enum Signal {
        /** Data Terminal Ready, driven by the host. */
        DTR,
        /** Request To Send, driven by the host, by itself while {@code rtsCts} holds. */
        RTS,
        /** Clear To Send, driven by the module. */
        CTS,
        /** Data Set Ready, driven by the module. */
        DSR,
        /** Data Carrier Detect, driven by the module. */
        DCD,
        /** Ring Indicator, driven by the module. */
        RI
    }

    /** Is told what arrives, by the line's own thread. While it is busy what follows waits in the line. */
    public interface Listener {

        /**
         * Bytes have arrived.
         *
         * @param buffer holds them until this method returns
         */
        void onReceived(byte[] buffer, int offset, int length);

        /**
         * The line has closed; nothing follows. Called once for every {@link MemoryLine#open}.
         *
         * @param cause why, or null after {@link MemoryLine#close}
         */
        void onClosed(IOException cause);
    }

    /** Small enough that the module writes on while the listener is busy. */
    private static final int LARGEST_DELIVERY_BYTES = PipeBuffer.CAPACITY / 4;

    private static final long JOIN_MILLIS = 10_000;

    private final String name;
    private final EmulatorCounters counters;
    private final PipeBuffer toModule = new PipeBuffer(this::gateToModule);
    private final PipeBuffer toHost = new PipeBuffer(this::gateToHost);
    private final Line moduleSide = new ModuleSide();

    /** Both directions read these; written under the lock of the direction whose waits they end. */
    private volatile Session session;

    private volatile int baudRate;
    private volatile boolean rts;
    private volatile boolean dtr;
    private volatile boolean moduleFlowControl;
    private volatile boolean carrier;
    private volatile boolean unplugged;

    /** Guarded by the lock of {@link #toModule}: where DTR was dropped, -1 if the module knows of every drop. */
    private long dtrDropAt = -1;

    /** Guarded by the lock of {@link #toModule}. */
    private long crossed;

    MemoryLine(String name, int baudRate, EmulatorCounters counters) {
        this.name = name;
        this.baudRate = baudRate;
        this.counters = counters;
    }

    Line moduleSide() {
        return moduleSide;
    }

    /** Returns a name for messages. */
    public String name() {
        return name;
    }

    /**
     * Opens the host's end and starts to deliver. A closed line may be opened again.
     *
     * @param bitsPerSecond the host's rate, at least 1
     * @param rtsCts whether the host's end obeys CTS and drives RTS by itself
     * @throws IOException if the line is open, or the emulator is closed
     */
    public void open(int bitsPerSecond, boolean rtsCts, Listener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        checkRate(bitsPerSecond);
        Session old = session;
        if (old != null && old.ending) {
            old.join();
        }
        Session opened = new Session(rtsCts, listener);
        toHost.lock.lock();
        try {
            if (unplugged) {
                throw new IOException("link lost: port=" + name);
            }
            if (session != null) {
                throw new IOException("port is already open: port=" + name);
            }
            baudRate = bitsPerSecond;
            session = opened;
            dtr = true;
            rts = true;
            toHost.clear();
            toHost.pause(false);
        } finally {
            toHost.lock.unlock();
        }
        opened.reader.start();
    }

    private static void checkRate(int bitsPerSecond) {
        if (bitsPerSecond < 1) {
            throw new IllegalArgumentException("baudRate must be positive: baudRate=" + bitsPerSecond);
        }
    }

    /** Returns true between {@link #open} and the close, from whichever side that comes. */
    public boolean isOpen() {
        Session current = session;
        return current != null && !current.ending;
    }

    /**
     * Writes all the bytes, with {@code rtsCts} waiting as long as the module holds the line.
     *
     * @throws IOException if the line is or gets closed
     */
    public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        Session current = openSession();
        int lost = toModule.write(buffer, offset, length);
        if (lost < 0) {
            throw closed(current);
        }
        counters.overrun(lost);
    }

    private PipeBuffer.Gate gateToModule() {
        Session current = session;
        if (current == null || current.ending) {
            return PipeBuffer.Gate.ENDED;
        }
        return moduleFlowControl && current.rtsCts ? PipeBuffer.Gate.HOLDS : PipeBuffer.Gate.LOSES;
    }

    private PipeBuffer.Gate gateToHost() {
        if (unplugged) {
            return PipeBuffer.Gate.ENDED;
        }
        Session current = session;
        boolean listening = current != null && !current.ending;
        if (!moduleFlowControl) {
            return listening ? PipeBuffer.Gate.LOSES : PipeBuffer.Gate.VOID;
        }
        if (!listening || !rts) {
            return PipeBuffer.Gate.SHUT;
        }
        return current.rtsCts ? PipeBuffer.Gate.HOLDS : PipeBuffer.Gate.LOSES;
    }

    /**
     * Waits until all that was written has crossed to the module.
     *
     * @return false if the time ran out first
     * @throws IOException if the line is closed
     */
    public boolean awaitIdle(long timeoutMillis) throws IOException {
        Session current = openSession();
        toModule.lock.lock();
        try {
            boolean idle = toModule.await(() -> crossed == toModule.written() || current.ending, timeoutMillis);
            if (current.ending) {
                throw closed(current);
            }
            return idle;
        } finally {
            toModule.lock.unlock();
        }
    }

    /**
     * Changes the host's rate.
     *
     * @throws IOException if the line is closed
     */
    public void setBaudRate(int bitsPerSecond) throws IOException {
        checkRate(bitsPerSecond);
        Session unused = openSession();
        baudRate = bitsPerSecond;
    }

    /** Reads a control line; all are low at a closed end. */
    public boolean isAsserted(Signal signal) {
        Session current = session;
        if (current == null || current.ending) {
            return false;
        }
        return switch (signal) {
            case DTR -> dtr;
            case RTS -> rts && !(current.rtsCts && isFull(toHost));
            case CTS -> !(moduleFlowControl && isFull(toModule));
            case DSR -> true;
            case DCD -> carrier;
            case RI -> false;
        };
    }

    private static boolean isFull(PipeBuffer buffer) {
        buffer.lock.lock();
        try {
            return buffer.isFull();
        } finally {
            buffer.lock.unlock();
        }
    }

    /**
     * Drives DTR or RTS.
     *
     * @return false if nothing was changed: the line is closed, or drives RTS by itself
     * @throws IllegalArgumentException for a line that the module drives
     */
    public boolean setAsserted(Signal signal, boolean asserted) {
        if (signal != Signal.DTR && signal != Signal.RTS) {
            throw new IllegalArgumentException("line is driven by the module: line=" + signal);
        }
        Session current = session;
        if (current == null || current.ending || (signal == Signal.RTS && current.rtsCts)) {
            return false;
        }
        if (signal == Signal.DTR) {
            setDtr(asserted);
        } else {
            setRts(asserted);
        }
        return true;
    }

    /**
     * Stops or resumes the delivery of what arrives; what waits meanwhile fills the line and then lowers RTS. At most one
     * delivery that has begun still ends. Every open begins with delivery.
     *
     * @return false if the line is closed
     */
    public boolean setReceiving(boolean receiving) {
        toHost.lock.lock();
        try {
            toHost.pause(!receiving);
        } finally {
            toHost.lock.unlock();
        }
        return isOpen();
    }

    private void setDtr(boolean asserted) {
        toModule.lock.lock();
        try {
            if (dtr && !asserted && dtrDropAt < 0) {
                dtrDropAt = toModule.written();
                toModule.wake();
            }
            dtr = asserted;
        } finally {
            toModule.lock.unlock();
        }
    }

    private void setRts(boolean asserted) {
        toHost.lock.lock();
        try {
            rts = asserted;
            toHost.wake();
        } finally {
            toHost.lock.unlock();
        }
    }

    /**
     * Closes the host's end; a write that waits fails. What was written still reaches the module. The line's thread has
     * ended when this returns, unless it is the caller. Does nothing on a closed line.
     */
    public void close() {
        Session current = session;
        if (current != null) {
            current.end(null);
            current.join();
        }
    }

    private Session openSession() throws IOException {
        Session current = session;
        if (current == null || current.ending) {
            throw closed(current);
        }
        return current;
    }

    private IOException closed(Session ended) {
        return new IOException("port is closed: port=" + name, ended == null ? null : ended.cause);
    }

    /** One life of the host's end. */
    private final class Session {
        final boolean rtsCts;
        final Listener listener;
        final Thread reader;
        volatile boolean ending;
        volatile IOException cause;

        Session(boolean rtsCts, Listener listener) {
            this.rtsCts = rtsCts;
            this.listener = listener;
            this.reader = Threads.create("line-" + name, this::run);
        }

        private void run() {
            try {
                int delivered = 0;
                while (true) {
                    int head;
                    int count;
                    toHost.lock.lock();
                    try {
                        toHost.release(delivered);
                        toHost.awaitBytes(() -> ending, -1);
                        if (ending) {
                            break;
                        }
                        head = toHost.head();
                        count = Math.min(toHost.run(), LARGEST_DELIVERY_BYTES);
                    } finally {
                        toHost.lock.unlock();
                    }
                    delivered = count;
                    listener.onReceived(toHost.bytes, head, count);
                }
            } catch (RuntimeException | Error e) {
                end(new IOException("listener failed: port=" + name, e));
            }
            session = null;
            listener.onClosed(cause);
        }

        void end(IOException why) {
            toModule.lock.lock();
            try {
                if (ending) {
                    return;
                }
                cause = why;
                ending = true;
                setDtr(false);
                toModule.wake();
            } finally {
                toModule.lock.unlock();
            }
            setRts(false);
        }

        void join() {
            boolean interrupted = false;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MILLIS);
            long left = JOIN_MILLIS;
            while (Thread.currentThread() != reader && reader.isAlive() && left > 0) {
                try {
                    reader.join(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The module's end. */
    private final class ModuleSide implements Line {

        @Override
        public String name() {
            return name;
        }

        @Override
        public int read(byte[] buffer, int offset, int length, int timeoutMillis) {
            toModule.lock.lock();
            try {
                toModule.awaitBytes(() -> unplugged || dtrDropAt >= 0, timeoutMillis);
                if (unplugged) {
                    return -1;
                }
                int done = 0;
                int count = readable(length);
                while (done < count) {
                    int run = Math.min(count - done, toModule.run());
                    System.arraycopy(toModule.bytes, toModule.head(), buffer, offset + done, run);
                    toModule.release(run);
                    done += run;
                }
                return count;
            } finally {
                toModule.lock.unlock();
            }
        }

        /** Never past a drop of DTR. */
        private int readable(int length) {
            int count = Math.min(length, toModule.size());
            return dtrDropAt < 0 ? count : (int) Math.min(count, dtrDropAt - toModule.taken());
        }

        @Override
        public void crossed(int bytes) {
            toModule.lock.lock();
            try {
                crossed += bytes;
                if (crossed == toModule.written()) {
                    toModule.wake();
                }
            } finally {
                toModule.lock.unlock();
            }
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            int lost = toHost.write(buffer, offset, length);
            if (lost < 0) {
                throw new IOException("line is closed: port=" + name);
            }
            counters.overrun(lost);
        }

        @Override
        public int hostBaudRate() {
            return baudRate;
        }

        @Override
        public void setFlowControl(boolean rtsCts) {
            moduleFlowControl = rtsCts;
            wake(toModule);
            wake(toHost);
        }

        private void wake(PipeBuffer buffer) {
            buffer.lock.lock();
            try {
                buffer.wake();
            } finally {
                buffer.lock.unlock();
            }
        }

        @Override
        public void setCarrier(boolean on) {
            carrier = on;
        }

        @Override
        public boolean takeDtrDrop() {
            toModule.lock.lock();
            try {
                boolean reached = dtrDropAt >= 0 && dtrDropAt == toModule.taken();
                if (reached) {
                    dtrDropAt = -1;
                }
                return reached;
            } finally {
                toModule.lock.unlock();
            }
        }

        /** The host sees a cable that was pulled. */
        @Override
        public void close() {
            toHost.lock.lock();
            try {
                unplugged = true;
                toHost.wake();
            } finally {
                toHost.lock.unlock();
            }
            wake(toModule);
            Session current = session;
            if (current != null) {
                current.end(new IOException("link lost: port=" + name));
            }
        }
    }
}
