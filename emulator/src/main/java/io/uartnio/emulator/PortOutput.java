package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one port has to send. Replies and URCs queue here; the data of sockets is pulled from a {@link Source} only when
 * the line is free, so that it waits in the sockets, where TCP can hold its peer back.
 *
 * <p>Any thread puts frames; the port's command thread alone waits when the queue is long. The transmitter takes them.
 */
final class PortOutput {

    private static final int LONG_QUEUE_BYTES = 64 * 1024;

    /** Where sockets say what they have to say. Called by the transmitter's thread only. */
    interface Source {

        /**
         * Fills the batch with as many whole frames as fit, or with one.
         *
         * @return false if there is nothing to send
         */
        boolean fill(OutputBatch batch, boolean single);
    }

    /** A reply or URC that waits. */
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

    private final Transmitter transmitter;
    private final Source source;
    private final StrayUrcs strayUrcs;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final Random random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition taken = lock.newCondition();
    private final Deque<Queued> queue = new ArrayDeque<>();
    private int queuedBytes;
    private boolean writing;
    private boolean closed;

    PortOutput(
            Transmitter transmitter,
            Source source,
            StrayUrcs strayUrcs,
            EmulatorOptions options,
            EmulatorCounters counters) {
        this.transmitter = transmitter;
        this.source = source;
        this.strayUrcs = strayUrcs;
        this.options = options;
        this.counters = counters;
        this.random = new Random(options.seed);
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
            if (closed) {
                return;
            }
            queue.add(new Queued(kind, bytes, beforeLastRun));
            queuedBytes += bytes.length;
        } finally {
            lock.unlock();
        }
        transmitter.wake();
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

    /** Forgets what has not reached the line and takes nothing more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            clear();
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

    /**
     * Takes what comes next. For the transmitter's thread, which says {@link #sent} before it asks again.
     *
     * @param single true if frames must pass one by one
     * @return false if there is nothing to send
     */
    boolean next(OutputBatch batch, boolean single) {
        batch.reset();
        do {
            if (takeQueued(batch)) {
                return true;
            }
            if (source.fill(batch, single)) {
                return true;
            }
        } while (hasQueued());
        return false;
    }

    private boolean takeQueued(OutputBatch batch) {
        lock.lock();
        try {
            Queued next = queue.poll();
            if (next == null) {
                return false;
            }
            queuedBytes -= next.bytes.length;
            writing = true;
            batch.queued = true;
            batch.kind = next.kind;
            batch.bytes = next.bytes;
            batch.length = next.bytes.length;
            batch.beforeLastRun = next.beforeLastRun;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Says whether frames wait in the queue: what sockets say because of them must not overtake them. */
    boolean hasQueued() {
        lock.lock();
        try {
            return !queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The batch is in the line. */
    void sent(OutputBatch batch) {
        if (batch.afterwards != null) {
            batch.afterwards.run();
        }
        if (batch.queued) {
            lock.lock();
            try {
                writing = false;
                taken.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Returns a URC that concerns no socket and happens to come before a frame of this kind, or null. */
    byte[] strayBefore(Kind kind) {
        boolean possible = options.strayUrcProbability > 0 && kind != Kind.ECHO && kind != Kind.DATA;
        if (!possible || !strayUrcs.isAllowed() || random.nextDouble() >= options.strayUrcProbability) {
            return null;
        }
        counters.strayUrc();
        return strayUrcs.next(random).getBytes(StandardCharsets.ISO_8859_1);
    }
}
