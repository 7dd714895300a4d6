package io.uartnio.uart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A port that records what crosses it, but for what is secret; see {@link WireTrace}. Each open of the port has a {@link TraceFile} of its
 * own, which ends after the close was told. Threads: as {@link UartPort} says; the file has its own thread.
 */
final class TracingUartPort extends ForwardingUartPort {

    /** How long a close waits for the disk. */
    private static final long FILE_LIMIT_MILLIS = 1_000;

    private final Path file;
    private final boolean withSecrets;
    private volatile boolean concealed;

    /** The trace of the open port, or of the last one; null before the first open. */
    private volatile TracingListener current;

    TracingUartPort(Path file, UartPort port, boolean withSecrets) {
        super(port);
        this.file = file;
        this.withSecrets = withSecrets;
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        TracingListener previous = current;
        if (previous != null && previous.trace.isEnding()) {
            previous.trace.awaitEnd(FILE_LIMIT_MILLIS); // so that the lines of two lives do not mix
        }
        TraceFile trace = new TraceFile(file, name());
        trace.event("open port=" + name() + " baudRate=" + settings.baudRate() + " hardwareFlowControl="
                + settings.hardwareFlowControl());
        TracingListener tracing = new TracingListener(trace, listener);
        boolean opened = false;
        try {
            super.open(settings, tracing);
            opened = true;
        } catch (IOException e) {
            trace.event("open failed: " + e.getMessage());
            throw e;
        } finally {
            if (!opened) {
                trace.end();
            }
        }
        current = tracing;
    }

    @Override
    public void setConcealed(boolean nowConcealed) {
        concealed = nowConcealed && !withSecrets;
        super.setConcealed(nowConcealed);
    }

    private void record(TraceFile trace, WireTrace.Direction direction, byte[] buffer, int offset, int length) {
        if (concealed) {
            trace.event("secret " + direction.mark() + " bytes=" + length);
        } else {
            trace.bytes(direction, buffer, offset, length);
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        TracingListener tracing = current;
        if (tracing == null || length == 0) {
            super.write(buffer, offset, length);
            return;
        }
        // Recorded first: the answer may be here before the write returns.
        record(tracing.trace, WireTrace.Direction.TO_MODULE, buffer, offset, length);
        try {
            super.write(buffer, offset, length);
        } catch (IOException e) {
            tracing.trace.event("write failed: bytes=" + length + ", " + e.getMessage());
            throw e;
        }
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        super.setBaudRate(baudRate);
        event("baudRate=" + baudRate);
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        boolean done = super.setAsserted(line, asserted);
        if (done) {
            event(line + (asserted ? " asserted" : " released"));
        }
        return done;
    }

    private void event(String text) {
        TracingListener tracing = current;
        if (tracing != null) {
            tracing.trace.event(text);
        }
    }

    @Override
    public boolean setReceiving(boolean receiving) {
        boolean done = super.setReceiving(receiving);
        if (done) {
            event(receiving ? "receiving" : "holding the line");
        }
        return done;
    }

    @Override
    public void close() {
        super.close();
        TracingListener tracing = current;
        if (tracing != null && (tracing.trace.isEnding() || Thread.currentThread() != tracing.reader)) {
            tracing.trace.awaitEnd(FILE_LIMIT_MILLIS);
        }
    }

    /** Records what the port delivers before passing it on. One per open, called by the port's reader. */
    private final class TracingListener extends ForwardingListener {

        private final TraceFile trace;

        /** The thread that delivers; it must not wait for the trace that only its own onClosed ends. */
        private volatile Thread reader;

        TracingListener(TraceFile trace, Listener listener) {
            super(listener);
            this.trace = trace;
        }

        @Override
        public void onReceived(byte[] buffer, int offset, int length) {
            if (reader == null) {
                reader = Thread.currentThread();
            }
            record(trace, WireTrace.Direction.FROM_MODULE, buffer, offset, length);
            super.onReceived(buffer, offset, length);
        }

        @Override
        public void onBytesLost(IOException cause) {
            trace.event("bytes lost: " + cause.getMessage());
            super.onBytesLost(cause);
        }

        @Override
        public void onClosed(IOException cause) {
            trace.event(cause == null ? "closed" : "closed: " + cause.getMessage());
            trace.end();
            super.onClosed(cause);
        }
    }
}
