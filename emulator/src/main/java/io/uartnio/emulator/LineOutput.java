package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The module's transmitter: one thread that writes frames to the line, each whole. Replies and URCs queue here; the
 * data of sockets is pulled from a {@link Source} only when the line is free, so that it waits in the sockets, where
 * TCP can hold its peer back. Here too happens all that befalls bytes on their way to the host: pace, pieces, stray
 * URCs, damage, a wrong rate.
 *
 * <p>Any thread puts frames; the command thread alone waits when the queue is long.
 */
final class LineOutput {

    private static final int BATCH_BYTES = 32 * 1024;
    private static final int LONG_QUEUE_BYTES = 64 * 1024;

    /** Where the transmitter finds what sockets have to say. Called by the transmitter's thread only. */
    interface Source {

        /**
         * Fills the batch with as many whole frames as fit, or with one.
         *
         * @return false if there is nothing to send
         */
        boolean fill(Batch batch, boolean single);
    }

    /** Frames of sockets on their way to the line; reused. */
    static final class Batch {
        final byte[] bytes = new byte[BATCH_BYTES];
        int length;
        /** Of the last frame; the whole truth when the batch is of one. */
        Kind kind = Kind.URC;

        int socket = -1;
        int headerBytes;
        /** What happens once the batch has reached the line, or null. */
        Runnable afterwards;

        int room() {
            return bytes.length - length;
        }

        void text(String text) {
            for (int i = 0; i < text.length(); i++) {
                bytes[length++] = (byte) text.charAt(i);
            }
        }
    }

    private static final class Queued {
        private final Kind kind;
        private final byte[] bytes;
        private final Runnable beforeLastRun;

        Queued(Kind kind, byte[] bytes, Runnable beforeLastRun) {
            this.kind = kind;
            this.bytes = bytes;
            this.beforeLastRun = beforeLastRun;
        }
    }

    private final Line line;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final LineRate rate;
    private final StrayUrcs strayUrcs;
    private final Random random;
    private final LinePacer pacer;
    private final LongSupplier causeNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition taken = lock.newCondition();
    private final Deque<Queued> queue = new ArrayDeque<>();
    private final Batch batch = new Batch();
    private final Thread thread;
    private Source source = (into, single) -> false;
    private Runnable beforeLastRun;
    private int queuedBytes;
    private boolean writing;
    private boolean sourceMayHaveData;
    private long position;
    private volatile boolean closed;

    LineOutput(
            Line line,
            EmulatorOptions options,
            EmulatorCounters counters,
            LineRate rate,
            StrayUrcs strayUrcs,
            LongSupplier causeNanos) {
        this.line = line;
        this.options = options;
        this.counters = counters;
        this.rate = rate;
        this.strayUrcs = strayUrcs;
        this.causeNanos = causeNanos;
        this.random = new Random(options.seed);
        this.pacer = new LinePacer(rate.paced(), () -> closed);
        this.thread = Threads.create("transmitter", this::run);
    }

    void start(Source frames) {
        source = frames;
        thread.start();
    }

    /**
     * Queues a frame behind all others; waits first if the queue is long. For the command thread.
     *
     * @param beforeLastRun what happens just before the host can have seen the whole frame, or null
     */
    void put(Kind kind, byte[] bytes, Runnable beforeLastRun) {
        lock.lock();
        try {
            while (queuedBytes > LONG_QUEUE_BYTES && !closed) {
                taken.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        putNow(kind, bytes, beforeLastRun);
    }

    /** Queues a frame behind all others, however many there are. For threads that must not wait. */
    void putNow(Kind kind, byte[] bytes, Runnable beforeLastRun) {
        lock.lock();
        try {
            queue.add(new Queued(kind, bytes, beforeLastRun));
            queuedBytes += bytes.length;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A socket may have something to send: ask the source again. */
    void wake() {
        lock.lock();
        try {
            sourceMayHaveData = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what has not reached the line. */
    void clear() {
        lock.lock();
        try {
            queue.clear();
            queuedBytes = 0;
            taken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every queued frame is in the line, for a limited time. */
    void flush(long timeoutMillis) {
        long remaining = timeoutMillis * 1_000_000;
        lock.lock();
        try {
            while ((!queue.isEmpty() || writing) && remaining > 0 && !closed) {
                remaining = taken.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void setPace(int baudRate) {
        pacer.setBaudRate(baudRate);
    }

    /** Ends the thread; the line must be closed first, or a full line may hold it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            taken.signalAll();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
    }

    private void run() {
        try {
            while (!closed) {
                sendNext();
            }
        } catch (IOException e) {
            // The line was closed: the way to the host is gone, and with it this thread.
            closed = true;
        }
    }

    private void sendNext() throws IOException {
        Queued next = take();
        if (next != null) {
            beforeLastRun = next.beforeLastRun;
            send(next.kind, -1, 0, next.bytes, next.bytes.length);
            written();
            return;
        }
        batch.length = 0;
        batch.kind = Kind.URC;
        batch.socket = -1;
        batch.headerBytes = 0;
        batch.afterwards = null;
        if (source.fill(batch, isCareful())) {
            send(batch.kind, batch.socket, batch.headerBytes, batch.bytes, batch.length);
            if (batch.afterwards != null) {
                batch.afterwards.run();
            }
        } else {
            awaitWork();
        }
    }

    private Queued take() {
        lock.lock();
        try {
            Queued next = queue.poll();
            if (next != null) {
                queuedBytes -= next.bytes.length;
                writing = true;
            } else {
                // Reset before the source is asked: data that arrives meanwhile raises it again.
                sourceMayHaveData = false;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void written() {
        lock.lock();
        try {
            writing = false;
            taken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork() {
        lock.lock();
        try {
            boolean waited = false;
            while (queue.isEmpty() && !sourceMayHaveData && !closed) {
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
    private boolean isCareful() {
        return pacer.isPaced() || options.splitWrites || options.strayUrcProbability > 0 || options.lineFilter != null;
    }

    private void send(Kind kind, int socket, int headerBytes, byte[] bytes, int length) throws IOException {
        boolean mayStray = kind != Kind.ECHO && kind != Kind.DATA && options.strayUrcProbability > 0;
        if (mayStray && strayUrcs.isAllowed() && random.nextDouble() < options.strayUrcProbability) {
            byte[] stray = strayUrcs.next(random).getBytes(StandardCharsets.ISO_8859_1);
            counters.strayUrc();
            filterAndWrite(Kind.URC, -1, 0, stray, stray.length);
        }
        filterAndWrite(kind, socket, headerBytes, bytes, length);
    }

    private void filterAndWrite(Kind kind, int socket, int headerBytes, byte[] bytes, int length) throws IOException {
        LineFilter filter = options.lineFilter;
        byte[] out = bytes;
        int count = length;
        if (filter != null) {
            byte[] copy = Arrays.copyOf(bytes, length);
            out = filter.apply(new LineFrame(kind, position, socket, headerBytes, copy));
            count = out.length;
        }
        position += length;
        write(rate.throughLine(out, count), count);
    }

    private void write(byte[] bytes, int length) throws IOException {
        int sent = 0;
        while (sent < length && !closed) {
            int run = Math.min(length - sent, pacer.runBytes());
            pacer.pass(run);
            if (sent + run == length && beforeLastRun != null) {
                beforeLastRun.run();
                beforeLastRun = null;
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
