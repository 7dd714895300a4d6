package io.uartnio.uart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A port in memory whose far side can stop taking bytes. Its reader is whoever calls {@link #receive}. */
final class FakeUartPort implements UartPort {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private Listener listener;
    private CountDownLatch hold = new CountDownLatch(0);
    private boolean released;

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public synchronized void open(LineSettings settings, Listener listener) throws IOException {
        if (this.listener != null) {
            throw new IOException("port is already open: port=fake");
        }
        this.listener = listener;
        this.released = false;
    }

    @Override
    public synchronized boolean isOpen() {
        return listener != null;
    }

    /** Makes the next writes wait, as a far side does that never asserts CTS. */
    synchronized void holdWrites() {
        hold = new CountDownLatch(1);
    }

    /** Lets the writes go on. */
    synchronized void releaseWrites() {
        hold.countDown();
    }

    void receive(byte[] bytes) {
        Listener current;
        synchronized (this) {
            current = listener;
        }
        current.onReceived(bytes, 0, bytes.length);
    }

    /** Loses the link. */
    void lose(IOException cause) {
        end(cause);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        CountDownLatch current;
        synchronized (this) {
            if (listener == null) {
                throw new IOException("port is closed: port=fake");
            }
            current = hold;
        }
        try {
            current.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        synchronized (this) {
            if (released) {
                throw new IOException("port is closed: port=fake");
            }
            written.write(buffer, offset, length);
        }
    }

    synchronized byte[] written() {
        return written.toByteArray();
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) {
        return true;
    }

    @Override
    public void setBaudRate(int baudRate) {
        // any rate will do in memory
    }

    @Override
    public Set<ControlLine> controlLines() {
        return Set.of(ControlLine.DTR);
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return false;
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return line == ControlLine.DTR;
    }

    @Override
    public void close() {
        end(null);
    }

    private void end(IOException cause) {
        Listener closed;
        synchronized (this) {
            closed = listener;
            listener = null;
            released = true;
            hold.countDown();
        }
        if (closed != null) {
            closed.onClosed(cause);
        }
    }
}
