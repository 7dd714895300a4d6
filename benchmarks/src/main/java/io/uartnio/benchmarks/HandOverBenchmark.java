package io.uartnio.benchmarks;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole way down and to another thread, with everything that ships: pieces into the channel, frames into a socket's
 * ring, its reader woken, the bytes read. {@link #stream} says how much goes through, {@link #wakeUp} how long one
 * frame takes to a reader that sleeps, {@link #bareWakeUp} how long waking a thread takes on this machine at all.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandOverBenchmark {

    private static final int STREAM_BYTES = 1 << 20;
    private static final long SETTLE_NANOS = 50_000;

    /** A connected socket, and a thread that reads it and counts. */
    @State(Scope.Thread)
    public static class Socket {

        /** Payload of each frame, in bytes. */
        @Param({"16", "256", "1460"})
        int payload;

        private final MemoryModule module = new MemoryModule().start();
        private final ModuleSocket socket = module.engine().create(null);
        private final Thread reader = new Thread(this::readAll, "benchmark-reader");
        private volatile long readBytes;
        private byte[] frame;
        private byte[] piece;
        private int pieces;
        private long pushedBytes;

        /** Connects. */
        @Setup
        public void connect() throws IOException {
            frame = MemoryModule.frame(0, new byte[payload]);
            int framesAPiece = Math.max(1, 4096 / frame.length);
            piece = new byte[framesAPiece * frame.length];
            for (int i = 0; i < framesAPiece; i++) {
                System.arraycopy(frame, 0, piece, i * frame.length, frame.length);
            }
            pieces = STREAM_BYTES / piece.length;
            socket.connect("benchmark.test", 80, 0);
            for (long stamp = socket.changeStamp();
                    socket.state() == ModuleSocket.State.CONNECTING;
                    stamp = socket.changeStamp()) {
                socket.awaitChange(stamp, System.nanoTime() + 1_000_000);
            }
            reader.setDaemon(true);
            reader.start();
        }

        /** Gives the reader time to fall asleep, so that there is somebody to wake. */
        @Setup(Level.Invocation)
        public void settle() {
            long end = System.nanoTime() + SETTLE_NANOS;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        /** Ends the reader and the module. */
        @TearDown
        public void close() throws InterruptedException {
            socket.close();
            reader.join();
            module.close();
        }

        private void readAll() {
            ByteBuffer target = ByteBuffer.allocate(16 << 10);
            try {
                while (socket.state() == ModuleSocket.State.CONNECTED) {
                    long stamp = socket.changeStamp();
                    int read = socket.read(target.clear());
                    if (read > 0) {
                        setReadBytes(readBytes + read);
                    } else {
                        socket.awaitChange(stamp, Long.MAX_VALUE);
                    }
                }
            } catch (IOException e) {
                if (socket.state() != ModuleSocket.State.CLOSED) {
                    throw new IllegalStateException("socket failed", e);
                }
            }
        }

        /** The reader's alone, so nothing is lost between reading and writing the field. */
        private void setReadBytes(long bytes) {
            readBytes = bytes;
        }

        private void pushFrame() {
            module.push(frame, 0, frame.length);
            pushedBytes += payload;
            while (readBytes != pushedBytes) {
                Thread.onSpinWait();
            }
        }

        private void pushStream() {
            int payloadBytes = piece.length / frame.length * payload;
            for (int i = 0; i < pieces; i++) {
                // What a UART cannot do: be faster than the reader for long. Half the ring is left to it.
                while (pushedBytes - readBytes > Workload.RING_BYTES / 2) {
                    Thread.onSpinWait();
                }
                module.push(piece, 0, piece.length);
                pushedBytes += payloadBytes;
            }
            while (readBytes != pushedBytes) {
                Thread.onSpinWait();
            }
        }
    }

    /** A thread that only sleeps and is woken. */
    @State(Scope.Thread)
    public static class Sleeper {

        private final Thread sleeper = new Thread(this::sleep, "benchmark-sleeper");
        private volatile long asked;
        private volatile long answered;

        /** Starts the thread. */
        @Setup
        public void start() {
            sleeper.setDaemon(true);
            sleeper.start();
        }

        /** Gives the thread time to fall asleep. */
        @Setup(Level.Invocation)
        public void settle() {
            long end = System.nanoTime() + SETTLE_NANOS;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        /** Ends the thread. */
        @TearDown
        public void stop() throws InterruptedException {
            asked = -1;
            LockSupport.unpark(sleeper);
            sleeper.join();
        }

        private void sleep() {
            for (long seen = asked; seen >= 0; seen = asked) {
                if (seen == answered) {
                    LockSupport.park(this);
                } else {
                    answered = seen;
                }
            }
        }

        private void wake() {
            long next = answered + 1;
            asked = next;
            LockSupport.unpark(sleeper);
            while (answered != next) {
                Thread.onSpinWait();
            }
        }
    }

    /** Pushes 1 MiB of frames and waits until the reader has read all of it. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public long stream(Socket socket, StreamCounters counters) {
        socket.pushStream();
        counters.count(
                (long) socket.pieces * (socket.piece.length / socket.frame.length),
                (long) socket.pieces * socket.piece.length);
        return socket.pushedBytes;
    }

    /** Pushes one frame to a reader that sleeps and waits until it has read it. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long wakeUp(Socket socket) {
        socket.pushFrame();
        return socket.pushedBytes;
    }

    /** Wakes a thread that sleeps and waits until it has answered. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long bareWakeUp(Sleeper sleeper) {
        sleeper.wake();
        return sleeper.answered;
    }
}
