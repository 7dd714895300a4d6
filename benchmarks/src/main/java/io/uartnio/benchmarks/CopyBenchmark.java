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
import org.openjdk.jmh.annotations.Warmup;

/** What the machine's memory allows at best: a plain copy of a stream of 4 MiB, beside which the parsers are seen. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CopyBenchmark {

    /** Payload of each frame of the stream, in bytes. */
    @Param("1460")
    int payload;

    private Workload workload;
    private byte[] target;
    private byte[] ring;

    /** Makes the stream. */
    @Setup
    public void setUp() {
        workload = new Workload(payload, 12, false);
        target = new byte[workload.stream().length];
        ring = new byte[Workload.RING_BYTES];
    }

    /** Copies the stream in one piece into memory of the same size. */
    @Benchmark
    public byte[] streamToStream(StreamCounters counters) {
        System.arraycopy(workload.stream(), 0, target, 0, target.length);
        counters.count(workload);
        return target;
    }

    /** Copies the stream in pieces into a ring's worth of memory, which stays in the processor's cache. */
    @Benchmark
    public byte[] streamToRing(StreamCounters counters) {
        byte[] stream = workload.stream();
        for (int offset = 0; offset < stream.length; offset += ring.length) {
            System.arraycopy(stream, offset, ring, 0, Math.min(ring.length, stream.length - offset));
        }
        counters.count(workload);
        return ring;
    }
}
