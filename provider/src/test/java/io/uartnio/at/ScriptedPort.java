package io.uartnio.at;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A port in memory whose module is a script: the test says what must have been written and what comes back. What comes
 * back is delivered by a thread of the port's own, as a real port's reader does, in pieces of the size asked for. For
 * an automatic module, {@link #onWrite} answers instead.
 */
public final class ScriptedPort implements UartPort {

    /** Answers what is written; called by the writing thread, so it must not wait. */
    public interface Module {
        void onWritten(byte[] bytes);
    }

    private static final long PATIENCE_SECONDS = 20;
    private static final Object CLOSE = new Object();

    private final String name;
    private final BlockingQueue<Object> deliveries = new LinkedBlockingQueue<>();
    private final StringBuilder written = new StringBuilder();
    private int expected;
    private Listener listener;
    private Thread reader;
    private volatile int pieceBytes = Integer.MAX_VALUE;
    private volatile Module module;
    private volatile IOException loss;
    private volatile int baudRate;
    private volatile boolean concealed;

    /** Creates a port that is closed. */
    public ScriptedPort(String name) {
        this.name = name;
    }

    /** Lets a module answer by itself. */
    public ScriptedPort onWrite(Module newModule) {
        module = newModule;
        return this;
    }

    /** Delivers in pieces of at most so many bytes. */
    public ScriptedPort inPiecesOf(int bytes) {
        pieceBytes = bytes;
        return this;
    }

    /** Waits until the next bytes written are these. */
    public ScriptedPort expect(String bytes) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (this) {
            while (written.length() - expected < bytes.length() && System.nanoTime() < deadline) {
                wait(100);
            }
            int end = Math.min(written.length(), expected + bytes.length());
            assertThat(written.substring(expected, end))
                    .as("next bytes written")
                    .isEqualTo(bytes);
            expected = end;
        }
        return this;
    }

    /** Delivers bytes. */
    public ScriptedPort answer(String bytes) {
        deliveries.add(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Loses the link. */
    public void lose(IOException cause) {
        loss = cause;
        deliveries.add(CLOSE);
    }

    /** Returns everything written so far. */
    public synchronized String written() {
        return written.toString();
    }

    /** Returns what was written and not expected yet. */
    public synchronized String unexpected() {
        return written.substring(expected);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void open(LineSettings settings, Listener newListener) throws IOException {
        if (listener != null) {
            throw new IOException("port is already open: port=" + name);
        }
        listener = newListener;
        baudRate = settings.baudRate();
        loss = null;
        deliveries.clear();
        reader = new Thread(() -> deliver(newListener), "uartnio-read-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void deliver(Listener to) {
        try {
            for (Object next = deliveries.take(); next != CLOSE; next = deliveries.take()) {
                byte[] bytes = (byte[]) next;
                int piece = pieceBytes;
                for (int at = 0; at < bytes.length; at += piece) {
                    to.onReceived(bytes, at, Math.min(piece, bytes.length - at));
                    if (piece > bytes.length) {
                        break;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                listener = null;
            }
            to.onClosed(loss);
        }
    }

    @Override
    public void setConcealed(boolean nowConcealed) {
        concealed = nowConcealed;
    }

    /** Returns true while what crosses the port is said to be secret. */
    public boolean isConcealed() {
        return concealed;
    }

    @Override
    public synchronized boolean isOpen() {
        return listener != null;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        System.arraycopy(buffer, offset, bytes, 0, length);
        synchronized (this) {
            if (listener == null) {
                throw new IOException("port is closed: port=" + name);
            }
            written.append(new String(bytes, StandardCharsets.ISO_8859_1));
            notifyAll();
        }
        Module answering = module;
        if (answering != null) {
            answering.onWritten(bytes);
        }
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) {
        return true;
    }

    @Override
    public void setBaudRate(int newBaudRate) {
        baudRate = newBaudRate;
    }

    /** Returns the rate that the port was set to last, in bits a second; in memory any will do. */
    public int baudRate() {
        return baudRate;
    }

    @Override
    public Set<ControlLine> controlLines() {
        return Set.of();
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return false;
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return false;
    }

    @Override
    public void close() {
        Thread closed;
        synchronized (this) {
            if (listener == null) {
                return;
            }
            closed = reader;
        }
        deliveries.add(CLOSE);
        if (Thread.currentThread() != closed) {
            try {
                closed.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
