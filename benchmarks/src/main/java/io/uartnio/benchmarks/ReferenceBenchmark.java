package io.uartnio.benchmarks;

import java.io.IOException;
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
 * What {@link FrameDemultiplexerBenchmark} is to be seen beside, on the same stream and in the same run: how Java
 * programs usually do it, how a Netty program would, and a bare sketch without any of the checks. One operation is the
 * whole stream.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReferenceBenchmark {

    private static final int SOCKETS = 12;

    /** Payload of each frame, in bytes. */
    @Param({"1", "16", "64", "256", "1024", "1460"})
    int payload;

    /** How many bytes the port hands over at a time. */
    @Param({"1", "64", "512", "4096"})
    int piece;

    private Workload workload;
    private RegexParser regex;
    private NettyParser netty;
    private SketchFeeder sketch;
    private long streams;

    /** Makes the stream and the parsers. */
    @Setup
    public void setUp() {
        workload = new Workload(payload, SOCKETS, false);
        regex = new RegexParser();
        netty = new NettyParser();
        sketch = new SketchFeeder(SOCKETS);
        streams = 0;
    }

    /** Reads the stream once with a {@code BufferedReader} and a regular expression. */
    @Benchmark
    public RegexParser bufferedReader(StreamCounters counters) throws IOException {
        regex.parse(workload.stream(), piece);
        count(counters);
        return regex;
    }

    /** Feeds the stream once to a Netty decoder. */
    @Benchmark
    public NettyParser nettyDecoder(StreamCounters counters) {
        netty.feedAll(workload.stream(), piece);
        count(counters);
        return netty;
    }

    /** Feeds the stream once to the sketch. */
    @Benchmark
    public SketchFeeder bareSketch(StreamCounters counters) {
        sketch.feedAll(workload.stream(), piece);
        count(counters);
        return sketch;
    }

    private void count(StreamCounters counters) {
        streams++;
        counters.count(workload);
    }

    /** Fails the trial if anything was lost. Only one of the parsers was used. */
    @TearDown
    public void check() {
        netty.close();
        Workload.check("frames", streams * workload.frames(), regex.frames() + netty.frames() + sketch.frames());
        Workload.check(
                "payload bytes",
                streams * workload.payloadBytes(),
                regex.payloadBytes() + netty.payloadBytes() + sketch.payloadBytes());
    }
}
