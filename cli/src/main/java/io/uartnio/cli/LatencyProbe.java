package io.uartnio.cli;

import io.uartnio.emulator.PseudoTerminal;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The ways whose latency is compared. Each has a thread of its own that sleeps until something comes and takes the time
 * as the first thing it does; the thread that measures fires, sleeps until that time is there and then a little more, so
 * that a sample always begins with everything asleep and no processor spun for it.
 */
abstract class LatencyProbe implements AutoCloseable {

    /** Long enough for every thread to be asleep again, and different each time so that no timer keeps step. */
    private static final long LEAST_PAUSE_NANOS = 200_000;

    private static final long MORE_PAUSE_NANOS = 200_000;
    /** Ends the name of what the library adds to a path. */
    static final String ADDED = ", added";

    private static final int TURNS = 20;
    private static final int WARM_UP_SAMPLES = 20_000;
    private static final long ARRIVAL_LIMIT_SECONDS = 10;
    private static final long JOIN_LIMIT_MILLIS = 5_000;

    private final String name;
    private final StampingUartPort port;
    private final SplittableRandom random = new SplittableRandom(1);
    private Thread measuring;
    private volatile long arrivedNanos;
    private volatile boolean arrived;
    private volatile Throwable failure;

    /**
     * Creates a way.
     *
     * @param port the modem's, or null if no modem is on the way
     */
    private LatencyProbe(String name, StampingUartPort port) {
        this.name = name;
        this.port = port;
    }

    String name() {
        return name;
    }

    /** Begins to fire; returns at once what reaches the other side later. */
    abstract void fire() throws IOException;

    @Override
    public abstract void close() throws IOException;

    /**
     * Takes samples in nanoseconds into a part of an array.
     *
     * @param added for what has passed since the modem's port had the bytes
     */
    void sample(long[] into, long[] added, int from, int to) throws IOException {
        measuring = Thread.currentThread();
        for (int i = from; i < to; i++) {
            LockSupport.parkNanos(LEAST_PAUSE_NANOS + random.nextLong(MORE_PAUSE_NANOS));
            into[i] = sample();
            added[i] = port == null ? 0 : arrivedNanos - port.receivedNanos();
        }
    }

    /** Fires without a pause, so often that the code on the way has been compiled as it would be on a busy line. */
    void warmUp() throws IOException {
        measuring = Thread.currentThread();
        for (int i = 0; i < WARM_UP_SAMPLES; i++) {
            sample();
        }
    }

    private long sample() throws IOException {
        arrived = false;
        long start = System.nanoTime();
        fire();
        awaitArrival();
        return arrivedNanos - start;
    }

    private void awaitArrival() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARRIVAL_LIMIT_SECONDS);
        while (!arrived) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("measurement was stopped");
            }
            if (failure != null || System.nanoTime() - deadline > 0) {
                throw new IOException("nothing arrived: path=" + name, failure);
            }
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** It has come, at the given time. For the other side's thread. */
    final void arrivedAt(long nanos) {
        arrivedNanos = nanos;
        arrived = true;
        LockSupport.unpark(measuring);
    }

    final void failed(Throwable why) {
        failure = why;
        LockSupport.unpark(measuring);
    }

    final Thread start(Runnable task) {
        Thread thread = new Thread(task, "uartnio-bench-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    static void join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(JOIN_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** From {@code unpark} in one thread to the return of {@code park} in another. */
    static final class HandOver extends LatencyProbe {

        private final Thread sleeper;
        private volatile boolean fired;
        private volatile boolean closed;

        HandOver() {
            super("hand-over", null);
            sleeper = start(this::sleep);
        }

        private void sleep() {
            while (!closed) {
                while (!fired && !closed) {
                    LockSupport.park(this);
                }
                long now = System.nanoTime();
                fired = false;
                arrivedAt(now);
            }
        }

        @Override
        void fire() {
            fired = true;
            LockSupport.unpark(sleeper);
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(sleeper);
            join(sleeper);
        }
    }

    /** From a write to a pseudo-terminal to the return of jSerialComm's blocking read at its other end. */
    static final class BareRead extends LatencyProbe {

        private final PseudoTerminal terminal = PseudoTerminal.open();
        private final UartPort port = new SerialUartPort(terminal.name());
        private final byte[] frame;

        BareRead(byte[] frame, int baudRate) throws IOException {
            super("bare", null);
            this.frame = frame;
            try {
                port.open(new LineSettings(baudRate, false), new Counting());
            } catch (IOException e) {
                terminal.close();
                throw e;
            }
        }

        @Override
        void fire() throws IOException {
            terminal.write(frame, 0, frame.length);
        }

        @Override
        public void close() {
            port.close();
            terminal.close();
        }

        /** Called by the thread that the library's read has just returned to. */
        private final class Counting implements UartPort.Listener {
            private int missing = frame.length;

            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                long now = System.nanoTime();
                missing -= length;
                if (missing <= 0) {
                    missing += frame.length;
                    arrivedAt(now);
                }
            }

            @Override
            public void onClosed(IOException cause) {
                failed(cause);
            }
        }
    }

    /**
     * As {@link BareRead}, and from the thread that the library's read has returned to on to another that slept: the
     * least that anything adds which does not work in the port's own reader thread. Dearer than {@link HandOver},
     * because the waker does not go to sleep at once but goes back into the read first.
     */
    static final class HandedRead extends LatencyProbe {

        private final PseudoTerminal terminal;
        private final StampingUartPort port;
        private final byte[] frame;
        private final Thread sleeper;
        private volatile boolean received;
        private volatile boolean closed;

        HandedRead(byte[] frame, int baudRate) throws IOException {
            this(PseudoTerminal.open(), frame, baudRate);
        }

        private HandedRead(PseudoTerminal terminal, byte[] frame, int baudRate) throws IOException {
            this(terminal, new StampingUartPort(new SerialUartPort(terminal.name())), frame);
            try {
                port.open(new LineSettings(baudRate, false), new Handing());
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        private HandedRead(PseudoTerminal terminal, StampingUartPort port, byte[] frame) {
            super("bare+hand-over", port);
            this.terminal = terminal;
            this.port = port;
            this.frame = frame;
            this.sleeper = start(this::sleep);
        }

        private void sleep() {
            while (!closed) {
                while (!received && !closed) {
                    LockSupport.park(this);
                }
                long now = System.nanoTime();
                received = false;
                arrivedAt(now);
            }
        }

        @Override
        void fire() throws IOException {
            terminal.write(frame, 0, frame.length);
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(sleeper);
            join(sleeper);
            port.close();
            terminal.close();
        }

        /** Called by the thread that the library's read has just returned to. */
        private final class Handing implements UartPort.Listener {
            private int missing = frame.length;

            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                missing -= length;
                if (missing <= 0) {
                    missing += frame.length;
                    received = true;
                    LockSupport.unpark(sleeper);
                }
            }

            @Override
            public void onClosed(IOException cause) {
                failed(cause);
            }
        }
    }

    /** From the write of a frame to the modem's tty to the return of a blocking {@link SocketChannel#read}. */
    static final class BlockingRead extends LatencyProbe {

        private final PseudoTerminal terminal;
        private final byte[] frame;
        private final SocketChannel channel;
        private final ByteBuffer buffer;
        private final Thread reader;

        BlockingRead(
                PseudoTerminal terminal, StampingUartPort port, byte[] frame, SocketChannel channel, int payloadBytes) {
            super("read", port);
            this.terminal = terminal;
            this.frame = frame;
            this.channel = channel;
            this.buffer = ByteBuffer.allocate(payloadBytes);
            this.reader = start(this::read);
        }

        private void read() {
            try {
                while (true) {
                    if (channel.read(buffer) < 0) {
                        throw new EOFException("connection was closed");
                    }
                    long now = System.nanoTime();
                    if (!buffer.hasRemaining()) {
                        buffer.clear();
                        arrivedAt(now);
                    }
                }
            } catch (IOException e) {
                failed(e);
            }
        }

        @Override
        void fire() throws IOException {
            terminal.write(frame, 0, frame.length);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            join(reader);
        }
    }

    /** As {@link BlockingRead}, with a {@link Selector} that waits and a read that does not. */
    static final class SelectedRead extends LatencyProbe {

        private final PseudoTerminal terminal;
        private final byte[] frame;
        private final Selector selector;
        private final SocketChannel channel;
        private final ByteBuffer buffer;
        private final Thread reader;

        SelectedRead(
                PseudoTerminal terminal,
                StampingUartPort port,
                byte[] frame,
                SocketChannel channel,
                Selector selector,
                int payloadBytes) {
            super("select+read", port);
            this.terminal = terminal;
            this.frame = frame;
            this.channel = channel;
            this.selector = selector;
            this.buffer = ByteBuffer.allocate(payloadBytes);
            this.reader = start(this::read);
        }

        private void read() {
            try {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                while (selector.isOpen()) {
                    selector.select();
                    if (!selector.isOpen()) {
                        return;
                    }
                    selector.selectedKeys().clear();
                    if (channel.read(buffer) < 0) {
                        throw new EOFException("connection was closed");
                    }
                    long now = System.nanoTime();
                    if (!buffer.hasRemaining()) {
                        buffer.clear();
                        arrivedAt(now);
                    }
                }
            } catch (IOException e) {
                failed(e);
            }
        }

        @Override
        void fire() throws IOException {
            terminal.write(frame, 0, frame.length);
        }

        @Override
        public void close() throws IOException {
            selector.close();
            join(reader);
            channel.close();
        }
    }

    /** Warms all paths up, then lets them take turns, so that what else the machine does hits all alike. */
    static List<BenchResults.Latency> compare(List<LatencyProbe> probes, int samples) throws IOException {
        long[][] nanos = new long[probes.size()][samples];
        long[][] added = new long[probes.size()][samples];
        for (LatencyProbe probe : probes) {
            probe.warmUp();
        }
        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 0; i < nanos.length; i++) {
                int from = samples * turn / TURNS;
                probes.get(i).sample(nanos[i], added[i], from, samples * (turn + 1) / TURNS);
            }
        }
        List<BenchResults.Latency> results = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            LatencyProbe probe = probes.get(i);
            results.add(BenchResults.Latency.of(probe.name(), nanos[i]));
            if (probe.port != null) {
                results.add(BenchResults.Latency.of(probe.name() + ADDED, added[i]));
            }
        }
        return results;
    }
}
