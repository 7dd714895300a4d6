package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The module's transmitter: one thread that writes to the line what its {@link Feed} gives it, the UART's own output or
 * the multiplexer's frames. Here happens all that befalls bytes on their way to the host: pace, pieces, damage, a wrong
 * rate.
 */
final class Transmitter {

    /** Decides what is sent next. Called by the transmitter's thread only. */
    interface Feed {

        /**
         * Sends what comes next by {@link Transmitter#send}.
         *
         * @return false if there is nothing
         */
        boolean sendNext() throws IOException;
    }

    private final Line line;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final LineRate rate;
    private final Random random;
    private final LinePacer pacer;
    private final LongSupplier causeNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Thread thread;
    private volatile Feed feed = () -> false;
    private boolean mayHaveWork;
    private long position;
    private volatile boolean closed;

    Transmitter(Line line, EmulatorOptions options, EmulatorCounters counters, LineRate rate, LongSupplier causeNanos) {
        this.line = line;
        this.options = options;
        this.counters = counters;
        this.rate = rate;
        this.causeNanos = causeNanos;
        this.random = new Random(options.seed);
        this.pacer = new LinePacer(rate.paced(), () -> closed);
        this.thread = Threads.create("transmitter", this::run);
    }

    void start() {
        thread.start();
    }

    /** Takes what is sent from here from now on. Any thread; its own between two frames. */
    void use(Feed next) {
        feed = next;
        wake();
    }

    /** There may be something to send: ask the feed again. Any thread. */
    void wake() {
        lock.lock();
        try {
            mayHaveWork = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    void setPace(int baudRate) {
        pacer.setBaudRate(baudRate);
    }

    /** Ends the thread; the line must be closed first, or a full one may hold it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
    }

    private void run() {
        try {
            while (!closed) {
                beginRound();
                if (!feed.sendNext()) {
                    awaitWork();
                }
            }
        } catch (IOException e) {
            // The line was closed: the way to the host is gone, and with it this thread.
            closed = true;
        }
    }

    /** Before the feed is asked: what arrives meanwhile raises the flag again. */
    private void beginRound() {
        lock.lock();
        try {
            mayHaveWork = false;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork() {
        lock.lock();
        try {
            boolean waited = false;
            while (!mayHaveWork && !closed) {
                waited = true;
                work.awaitUninterruptibly();
            }
            if (waited) {
                pacer.idleUntil(causeNanos.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Says whether frames must pass one by one. */
    boolean isCareful() {
        return pacer.isPaced() || options.splitWrites || options.strayUrcProbability > 0 || options.lineFilter != null;
    }

    /**
     * Writes a frame. For the feed.
     *
     * @param beforeLastRun what happens just before the host can have seen the whole frame, or null
     */
    void send(Kind kind, int socket, int headerBytes, byte[] bytes, int length, Runnable beforeLastRun)
            throws IOException {
        LineFilter filter = options.lineFilter;
        byte[] out = bytes;
        int count = length;
        if (filter != null) {
            byte[] copy = Arrays.copyOf(bytes, length);
            out = filter.apply(new LineFrame(kind, position, socket, headerBytes, copy));
            count = out.length;
        }
        position += length;
        write(rate.throughLine(out, count), count, beforeLastRun);
    }

    private void write(byte[] bytes, int length, Runnable beforeLastRun) throws IOException {
        int sent = 0;
        while (sent < length && !closed) {
            int run = Math.min(length - sent, pacer.runBytes());
            pacer.pass(run);
            if (sent + run == length && beforeLastRun != null) {
                beforeLastRun.run();
            }
            writeRun(bytes, sent, run);
            sent += run;
        }
    }

    private void writeRun(byte[] bytes, int offset, int length) throws IOException {
        counters.wroteToLine(length);
        if (!options.splitWrites) {
            line.write(bytes, offset, length);
            return;
        }
        int sent = 0;
        while (sent < length) {
            int piece = Math.min(length - sent, 1 + random.nextInt(7));
            line.write(bytes, offset + sent, piece);
            sent += piece;
        }
    }
}
