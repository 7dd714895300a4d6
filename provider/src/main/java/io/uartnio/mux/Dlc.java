package io.uartnio.mux;

import io.uartnio.uart.ControlLine;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One data link connection: how far it is open, what both sides have said about their modem lines, and what waits to be
 * sent on it. A writer hands its bytes over where they are and waits; {@link MuxWriter} takes them a frame at a time.
 *
 * <p>Threads: {@code state} and what says so is guarded by {@code Mux.lock} and read without it; {@link #write} is
 * called by one thread at a time; {@link #take} and {@link #taken} belong to the mux's writer thread.
 */
final class Dlc {

    /** How far a connection is open. */
    enum State {
        /** From the start; by DM, by the module's DISC, by the UA for ours, or when nothing answers it. */
        CLOSED,
        /** By our SABM. */
        OPENING,
        /** By the module's UA. */
        OPEN,
        /** By our DISC: what still arrives is for nobody. */
        CLOSING
    }

    /** Extension bit: the last octet of a field. */
    static final int EA = 0x01;
    /** Flow control: no frames can be accepted. */
    static final int FC = 0x02;
    /** Ready to communicate: our DTR, the module's DSR. */
    static final int RTC = 0x04;
    /** Ready to receive: our RTS, the module's CTS. */
    static final int RTR = 0x08;
    /** Incoming call: the module's RI. */
    static final int IC = 0x40;
    /** Data valid: the module's DCD. */
    static final int DV = 0x80;

    /** What a host says when it opens a channel. */
    private static final int READY = DV | RTR | RTC | EA;

    private static final int FREE = 0;
    private static final int WAITING = 1;
    private static final int TAKING = 2;

    private final int dlci;
    private final String portName;
    private final MuxWriter writer;
    private final FrameReceiver receiver;

    private volatile State state = State.CLOSED;
    private volatile IOException closeCause;
    /** What the module says of its lines; guarded for writing by being the reader's alone. */
    private volatile int theirSignals = EA;

    private volatile boolean theySaidStop;
    /** Longest information that the module takes on this DLC. */
    private volatile int frameBytes;

    // Guarded by Mux.lock.
    private int ourSignals = READY;
    private int attempt;
    private boolean signalsUnanswered;
    private boolean acknowledged;

    // What waits to be sent: written by the one who writes while FREE, by the mux's writer thread while TAKING.
    private final AtomicInteger slot = new AtomicInteger(FREE);
    private byte[] source;
    private int position;
    private int end;
    private volatile Thread waiting;

    /** Takes what a DLC delivers. Called by the reader thread. */
    interface FrameReceiver {
        /** Information of a frame; valid until this method returns. */
        void onInformation(byte[] buffer, int offset, int length);

        /**
         * The DLC is open no more; null if we closed it. Any thread, once an open, under Mux.lock.
         *
         * @return tells whoever had it, and is run without the lock: by then the next may have opened it
         */
        Runnable onDisconnected(IOException cause);

        /** A frame of this DLC may be missing here. */
        void onBytesLost(IOException cause);
    }

    Dlc(int dlci, String portName, MuxWriter writer, FrameReceiver receiver) {
        this.dlci = dlci;
        this.portName = portName;
        this.writer = writer;
        this.receiver = receiver;
    }

    int dlci() {
        return dlci;
    }

    FrameReceiver receiver() {
        return receiver;
    }

    State state() {
        return state;
    }

    IOException closeCause() {
        return closeCause;
    }

    // ------------------------------------------------------------------ under Mux.lock

    void setState(State next, IOException cause) {
        closeCause = cause;
        state = next;
        attempt = 0;
        acknowledged |= next == State.OPEN;
        if (next == State.OPENING) {
            acknowledged = false;
            ourSignals = READY;
            theirSignals = EA;
            theySaidStop = false;
            signalsUnanswered = false;
        }
        // Whoever waits to write looks at the state.
        LockSupport.unpark(waiting);
    }

    /** Returns true if the module has acknowledged our latest SABM, whatever has come since. */
    boolean wasAcknowledged() {
        return acknowledged;
    }

    /** Counts another attempt at whatever is under way. */
    int nextAttempt() {
        return ++attempt;
    }

    /** Returns which attempt is the latest. */
    int attempt() {
        return attempt;
    }

    int ourSignals() {
        return ourSignals;
    }

    /** Returns false if they are so already. */
    boolean setOurSignals(int bits, boolean asserted) {
        int before = ourSignals;
        ourSignals = asserted ? before | bits : before & ~bits;
        return ourSignals != before;
    }

    boolean signalsUnanswered() {
        return signalsUnanswered;
    }

    void setSignalsUnanswered(boolean unanswered) {
        signalsUnanswered = unanswered;
    }

    void setFrameBytes(int longestBytes) {
        frameBytes = longestBytes;
    }

    // ------------------------------------------------------------------ reader thread

    /** The module has said what its lines are. */
    void onSignals(int octet) {
        theirSignals = octet;
        boolean stop = (octet & FC) != 0 || (octet & RTR) == 0;
        boolean before = theySaidStop;
        theySaidStop = stop;
        if (before && !stop) {
            writer.wake();
        }
    }

    // ------------------------------------------------------------------ any thread

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Returns true if the module asserts the line, named from the host's side. */
    boolean isAsserted(ControlLine line) {
        int bit = switch (line) {
            case CTS -> RTR;
            case DSR -> RTC;
            case DCD -> DV;
            case RI -> IC;
            case DTR, RTS -> 0;
        };
        return (theirSignals & bit) != 0;
    }

    // ------------------------------------------------------------------ one thread at a time

    /** Waits until the mux's writer thread has taken all, or the DLC is open no more. */
    void write(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            requireOpen();
            return;
        }
        waiting = Thread.currentThread();
        source = buffer;
        position = offset;
        end = offset + length;
        slot.set(WAITING);
        writer.wake();
        boolean interrupted = false;
        while (slot.get() != FREE) {
            if (state != State.OPEN && slot.compareAndSet(WAITING, FREE)) {
                break;
            }
            LockSupport.park(this);
            // A write is not interruptible; without this it would spin.
            interrupted |= Thread.interrupted();
        }
        waiting = null;
        boolean all = position == end;
        source = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!all) {
            requireOpen();
            throw closed();
        }
    }

    private void requireOpen() throws IOException {
        if (state != State.OPEN) {
            throw closed();
        }
    }

    private IOException closed() {
        return new IOException("channel is closed: port=" + portName, closeCause);
    }

    // ------------------------------------------------------------------ the mux's writer thread

    /** Returns true if there are bytes that may be sent. */
    boolean isReady() {
        return slot.get() == WAITING && state == State.OPEN && !theySaidStop;
    }

    /** Writes the next frame; returns where the one behind it goes, the same place if there is nothing. */
    int take(byte[] out, int at) {
        if (!isReady() || !slot.compareAndSet(WAITING, TAKING)) {
            return at;
        }
        int address = FrameFormat.address(dlci, true);
        int length = Math.min(frameBytes, end - position);
        if (length > 1 && FrameFormat.isCheckAFlag(address, FrameFormat.UIH, length)) {
            // A module could not notice a byte that got lost in this one.
            length--;
        }
        int next = FrameFormat.encode(out, at, address, FrameFormat.UIH, source, position, length);
        position += length;
        if (position < end) {
            release(WAITING);
        }
        return next;
    }

    /** What was taken has been written; the writing thread goes on if that was all. */
    void taken() {
        if (slot.get() == TAKING) {
            release(FREE);
        }
    }

    /** Nothing will be written any more. */
    void abandon() {
        Thread writing = waiting;
        if (slot.compareAndSet(TAKING, WAITING) || slot.get() == WAITING) {
            LockSupport.unpark(writing);
        }
    }

    private void release(int next) {
        Thread writing = waiting;
        slot.set(next);
        if (next == FREE || state != State.OPEN) {
            LockSupport.unpark(writing);
        }
    }
}
