package io.uartnio.mux;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A line in memory: what the host writes goes to a far side on a thread of its own, what that sends to the reader. */
final class MemoryLine implements UartPort {

    private static final byte[] END = new byte[0];

    private final Consumer<byte[]> farSide;
    /** Those of one open: its threads may still have to find their ends when there is the next. */
    private volatile BlockingQueue<byte[]> toHost = new LinkedBlockingQueue<>();

    private volatile BlockingQueue<byte[]> toModule = new LinkedBlockingQueue<>();
    private volatile boolean open;
    private volatile IOException loss;

    /** @param farSide is given what the host writes, by one thread */
    MemoryLine(Consumer<byte[]> farSide) {
        this.farSide = farSide;
    }

    /** Sends bytes to the host. */
    void send(byte[] bytes) {
        if (open && bytes.length > 0) {
            toHost.add(bytes);
        }
    }

    /** Loses the link. */
    void lose(IOException cause) {
        loss = cause;
        close();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void open(LineSettings settings, Listener listener) {
        BlockingQueue<byte[]> arriving = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> leaving = new LinkedBlockingQueue<>();
        toHost = arriving;
        toModule = leaving;
        loss = null;
        open = true;
        start("memory-reader", () -> {
            for (byte[] bytes = arriving.take(); bytes != END; bytes = arriving.take()) {
                listener.onReceived(bytes, 0, bytes.length);
            }
            listener.onClosed(loss);
        });
        start("memory-module", () -> {
            for (byte[] bytes = leaving.take(); bytes != END; bytes = leaving.take()) {
                farSide.accept(bytes);
            }
        });
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        if (!open) {
            throw new IOException("port is closed: port=memory");
        }
        toModule.add(Arrays.copyOfRange(buffer, offset, offset + length));
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
    public synchronized void close() {
        if (open) {
            open = false;
            toHost.add(END);
            toModule.add(END);
        }
    }
}
