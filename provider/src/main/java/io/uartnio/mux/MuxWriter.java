package io.uartnio.mux;

import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * The one thread that writes to the line while a multiplexer runs: what DLCI 0 has to say first, then commands, then
 * data, the data channels in turn. A channel whose module side has said stop is passed over and holds up no other.
 * Commands that never end would starve data, so behind a number of their frames comes one of data.
 *
 * <p>Several frames leave in one write, but not so many that a command would wait long behind them.
 *
 * <p>{@link #send}, {@link #wake} and what they are called by are for any thread and never block.
 */
final class MuxWriter {

    /** Frames of data that leave in one write. */
    private static final int BATCH_FRAMES = 4;
    /** Frames of commands that may go before one of data. */
    private static final int COMMANDS_IN_A_ROW = 16;
    /** More answers than this that wait to be written are not owed to any module. */
    private static final int MAX_WAITING_FRAMES = 256;

    private final UartPort line;
    private final Consumer<IOException> onFailure;
    private final Queue<byte[]> frames = new MpscUnboundedVarHandleArrayQueue<>(32);
    private final AtomicInteger waitingFrames = new AtomicInteger();

    private volatile Thread thread;
    private volatile boolean parked;
    private volatile boolean ending;
    private volatile boolean theySaidStop;

    // The thread's alone.
    private Dlc[] dlcs;
    private byte[] out;
    private int nextChannel;
    private int commandsInARow;

    /** @param onFailure is told by the thread when a write fails */
    MuxWriter(UartPort line, Consumer<IOException> onFailure) {
        this.line = line;
        this.onFailure = onFailure;
    }

    /**
     * Starts the thread.
     *
     * @param channels DLC 1 first
     * @param longestBytes information of a frame, on any DLC at any time
     */
    void start(Dlc[] channels, int longestBytes) {
        dlcs = channels;
        out = new byte[BATCH_FRAMES * (longestBytes + FrameFormat.MAX_OVERHEAD)];
        nextChannel = 1;
        frames.clear();
        waitingFrames.set(0);
        theySaidStop = false;
        ending = false;
        Thread writer = new Thread(this::run, "uartnio-mux-" + line.name());
        writer.setDaemon(true);
        thread = writer;
        writer.start();
    }

    /** Queues a frame of DLCI 0 or one that opens or closes a DLC. */
    void send(byte[] frame) {
        if (waitingFrames.incrementAndGet() > MAX_WAITING_FRAMES) {
            waitingFrames.decrementAndGet();
            return;
        }
        frames.add(frame);
        wake();
    }

    /** Obeys FCoff and FCon: while stopped, nothing but control frames leaves. */
    void setTheySaidStop(boolean stop) {
        theySaidStop = stop;
        wake();
    }

    void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the thread behind what it writes, without waiting. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the thread has ended; returns at once on the thread itself.
     *
     * @return false if the time ran out first
     */
    boolean awaitEnd(long timeoutMillis) {
        Thread writer = thread;
        if (writer == null || Thread.currentThread() == writer) {
            return true;
        }
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        for (long left = timeoutMillis; left > 0 && writer.isAlive(); ) {
            try {
                writer.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !writer.isAlive();
    }

    // ------------------------------------------------------------------ the writer thread

    private void run() {
        try {
            while (!ending) {
                if (!step()) {
                    parkUntilWoken();
                }
            }
        } catch (IOException e) {
            onFailure.accept(e);
        } finally {
            ending = true;
            for (Dlc dlc : dlcs) {
                dlc.abandon();
            }
        }
    }

    private void parkUntilWoken() throws IOException {
        parked = true;
        try {
            // What was queued before the flag could be seen did not unpark: look once more.
            if (!ending && !step()) {
                LockSupport.park(this);
            }
        } finally {
            parked = false;
        }
    }

    /** Writes what is most urgent; returns false if there is nothing. */
    private boolean step() throws IOException {
        byte[] frame = frames.poll();
        if (frame != null) {
            line.write(frame, 0, frame.length);
            waitingFrames.decrementAndGet();
            return true;
        }
        if (theySaidStop) {
            return false;
        }
        int filled = fill();
        if (filled == 0) {
            return false;
        }
        line.write(out, 0, filled);
        for (Dlc dlc : dlcs) {
            dlc.taken();
        }
        return true;
    }

    private int fill() {
        int filled = 0;
        boolean dataTurn = commandsInARow >= COMMANDS_IN_A_ROW;
        for (int i = 0; i < BATCH_FRAMES; i++) {
            int at = filled;
            if (!dataTurn) {
                filled = dlcs[0].take(out, at);
                commandsInARow += filled > at ? 1 : 0;
            }
            if (filled == at) {
                filled = takeData(at);
                commandsInARow = 0;
                dataTurn = false;
                if (filled == at) {
                    filled = dlcs[0].take(out, at);
                }
            }
            if (filled == at) {
                break;
            }
        }
        return filled;
    }

    private int takeData(int at) {
        for (int i = 1; i < dlcs.length; i++) {
            Dlc dlc = dlcs[nextChannel];
            nextChannel = nextChannel + 1 < dlcs.length ? nextChannel + 1 : 1;
            int next = dlc.take(out, at);
            if (next > at) {
                return next;
            }
        }
        return at;
    }
}
