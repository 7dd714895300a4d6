package io.uartnio.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * What it costs to bring received bytes to a handler of Netty's: from the ring of a module's socket by {@code
 * ModemSocketChannel}, from the kernel by Netty's NIO channel over loopback TCP, from another channel by {@code
 * LocalChannel}. Bursts of 32 KiB are given and then received, all by one thread; {@code receiveNanos} is the part of
 * the second that was spent in the event loop, the rest went into giving: framing and a copy into the ring, a write to
 * the kernel, a copy into buffers.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NettyReceiveBenchmark {

    /** Whose channel it is. */
    public enum Kind {
        /** Ours. */
        MODULE,
        /** Netty's NIO channel. */
        LOOPBACK,
        /** Netty's local channel. */
        LOCAL
    }

    /** How much was received, and how long the event loop took for it. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Received {

        /** Bytes that the handler has seen. */
        public long bytes;

        /** Time in the event loop. */
        public long receiveNanos;
    }

    /** Whose channel. */
    @Param
    Kind kind;

    /** Bytes of a frame's payload, or of a write to the local channel. */
    @Param({"256", "1460"})
    int payload;

    private ReceiveBed bed;

    /** Connects. */
    @Setup
    public void connect() throws IOException {
        bed = switch (kind) {
            case MODULE -> new ReceiveBed.OfModule(payload);
            case LOOPBACK -> new ReceiveBed.OfLoopback();
            case LOCAL -> new ReceiveBed.OfLocal(payload);
        };
    }

    /** Closes. */
    @TearDown
    public void close() throws IOException {
        bed.close();
    }

    /** Gives a burst and receives it. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public int burst(Received received) throws IOException {
        int given = bed.give();
        long start = System.nanoTime();
        bed.receive(given);
        received.receiveNanos += System.nanoTime() - start;
        received.bytes += given;
        return given;
    }
}
