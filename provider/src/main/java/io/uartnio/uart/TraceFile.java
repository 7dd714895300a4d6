package io.uartnio.uart;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The file behind a wire trace, from one open of the port to its close: the port's threads put records into a bounded
 * queue and never wait, a daemon thread formats and writes them. What does not fit is counted and the count is written
 * where the hole is. Records are put in by any thread; the file is touched by its own thread only.
 */
final class TraceFile implements Runnable {

    private static final Logger LOG = System.getLogger(TraceFile.class.getName());

    private static final int QUEUE_RECORDS = 8_192;

    /** The memory that chunks may take while they wait for the disk. */
    private static final int QUEUE_BYTES = 4 << 20;

    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int BUFFER_BYTES = 64 * 1024;

    /** One line of the file; the direction is null for an event, whose text is in {@code event}. */
    private record Line(Instant time, WireTrace.Direction direction, Bytes bytes, String event, int droppedBefore) {}

    /** Bytes of a line, wrapped because a record compares its arrays by identity. */
    private static final class Bytes {
        private final byte[] array;

        Bytes(byte[] array) {
            this.array = array;
        }
    }

    /** Wakes the thread at the end; when the queue has no room for it, the thread is awake. */
    private static final Line END = new Line(Instant.EPOCH, null, null, null, 0);

    private final String target;
    private final OutputStream out;
    private final Thread thread;
    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE_RECORDS);
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final StringBuilder text = new StringBuilder();

    private volatile boolean ending;
    private volatile boolean failed;

    /**
     * Opens the file to append to it and starts its thread.
     *
     * @throws IOException if the file cannot be opened
     */
    TraceFile(Path file, String portName) throws IOException {
        this(open(file), file.toString(), portName);
    }

    /** Writes to a stream, which it closes at the end; {@code target} names it in messages. */
    TraceFile(OutputStream out, String target, String portName) {
        this.target = target;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.thread = new Thread(this, "uartnio-trace-" + portName);
        thread.setDaemon(true);
        thread.start();
    }

    private static OutputStream open(Path file) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        FileAttribute<?>[] ownerOnly =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        return Channels.newOutputStream(Files.newByteChannel(file, options, ownerOnly));
    }

    /** Records a copy of bytes that cross the port now; never waits. */
    void bytes(WireTrace.Direction direction, byte[] buffer, int offset, int length) {
        if (failed || ending) {
            return;
        }
        if (queuedBytes.addAndGet(length) > QUEUE_BYTES) {
            queuedBytes.addAndGet(-length);
            dropped.incrementAndGet();
            return;
        }
        byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
        if (!put(direction, new Bytes(copy), null)) {
            queuedBytes.addAndGet(-length);
        }
    }

    /** Records an event of the port; never waits. */
    void event(String event) {
        if (!failed && !ending) {
            put(null, null, event);
        }
    }

    private boolean put(WireTrace.Direction direction, Bytes bytes, String event) {
        int lost = dropped.getAndSet(0);
        boolean taken = queue.offer(new Line(Instant.now(), direction, bytes, event, lost));
        if (!taken) {
            dropped.addAndGet(lost + 1);
        }
        return taken;
    }

    /** Ends the trace: the thread writes what is queued, closes the file and ends. */
    void end() {
        ending = true;
        // Not by an interrupt: that would close the file if it came during a write.
        queue.offer(END);
    }

    /** Returns true once {@link #end} was called. */
    boolean isEnding() {
        return ending;
    }

    /** Waits until the file is complete, within a bound. */
    void awaitEnd(long timeoutMillis) {
        try {
            thread.join(timeoutMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try (OutputStream closing = out) {
            writeUntilEnd(closing);
        } catch (IOException e) {
            failed = true;
            queue.clear();
            LOG.log(Level.WARNING, "wire trace ends, its file cannot be written: file=" + target, e);
        }
    }

    private void writeUntilEnd(OutputStream stream) throws IOException {
        long flushed = System.nanoTime() - FLUSH_NANOS;
        boolean dirty = false;
        while (true) {
            boolean last = ending; // what was recorded before the end is in the queue once the end is seen
            long untilFlush = dirty ? flushed + FLUSH_NANOS - System.nanoTime() : FLUSH_NANOS;
            Line line = last ? queue.poll() : await(untilFlush);
            if (line == null && last) {
                mentionMissing(Instant.now(), dropped.getAndSet(0));
                writeText(stream);
                return;
            }
            if (line != null && !line.equals(END)) {
                write(stream, line);
                dirty = true;
            }
            if (dirty && System.nanoTime() - flushed >= FLUSH_NANOS) {
                stream.flush();
                flushed = System.nanoTime();
                dirty = false;
            }
        }
    }

    private Line await(long nanos) {
        try {
            return queue.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return null; // nobody interrupts this thread to any purpose
        }
    }

    private void write(OutputStream stream, Line line) throws IOException {
        mentionMissing(line.time, line.droppedBefore);
        if (line.direction == null) {
            WireTrace.formatEvent(text, line.time, line.event);
        } else {
            WireTrace.format(text, line.time, line.direction, line.bytes.array);
            queuedBytes.addAndGet(-line.bytes.array.length);
        }
        writeText(stream);
    }

    private void mentionMissing(Instant time, int chunks) {
        if (chunks > 0) {
            WireTrace.formatEvent(text, time, "missing chunks=" + chunks);
        }
    }

    private void writeText(OutputStream stream) throws IOException {
        stream.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        text.setLength(0);
    }
}
