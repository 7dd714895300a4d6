package io.uartnio.benchmarks;

import java.util.concurrent.TimeUnit;
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
 * The demultiplexer alone: pieces of input in, payload copied into the shipped rings, which are emptied without a copy
 * behind each piece. One operation is the whole stream.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameDemultiplexerBenchmark {

    /** Payload of each frame, in bytes. */
    @Param({"1", "16", "64", "256", "1024", "1460"})
    int payload;

    /** How many bytes the port hands over at a time. */
    @Param({"1", "64", "512", "4096"})
    int piece;

    /** How many sockets the frames go to. */
    @Param({"1", "12"})
    int sockets;

    /** Whether CR LF follows payload. */
    @Param("false")
    boolean trailer;

    private Workload workload;
    private DemultiplexerFeeder feeder;
    private long streams;

    /** Makes the stream and the parser. */
    @Setup
    public void setUp() {
        workload = new Workload(payload, sockets, trailer);
        feeder = new DemultiplexerFeeder(sockets);
        streams = 0;
    }

    /** Feeds the stream once. */
    @Benchmark
    public RingHandler demultiplex(StreamCounters counters) {
        feeder.feedAll(workload.stream(), piece);
        streams++;
        counters.count(workload);
        return feeder.handler();
    }

    /** Fails the trial if anything was lost: a parser that is wrong is not fast. */
    @TearDown
    public void check() {
        RingHandler handler = feeder.handler();
        Workload.check("frames", streams * workload.frames(), handler.frames());
        Workload.check("lines", streams * workload.lines(), handler.lines());
        Workload.check("payload bytes", streams * workload.payloadBytes(), handler.drainedBytes());
    }
}
