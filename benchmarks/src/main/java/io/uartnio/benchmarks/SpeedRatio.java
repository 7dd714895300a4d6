package io.uartnio.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Says how many times as long as {@link SketchFeeder} the demultiplexer takes for the same stream, so that a guard can
 * tell on a busy machine whether the demultiplexer has become slower.
 *
 * <p>What makes the answer steady: the two take turns in short rounds, and each round gives a ratio, so that whatever
 * slows the machine slows both; time is the thread's own on the processor, so that waiting for a busy one does not
 * count; the stream and what a round touches fit into the processor's own cache, on large pages, so that neither
 * neighbours nor the luck of the page table move it; every run makes the same calls in the same order and compiles
 * them in the foreground, so that the compiler always sees the same; and of all rounds the median counts. One thread.
 */
public final class SpeedRatio {

    /**
     * What the JVM that measures is to be told. With the compiler in the background or in tiers its result depends on
     * the moment, and the ratio has two values a third apart. Large pages are Linux's.
     */
    public static final List<String> JVM_OPTIONS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:-BackgroundCompilation",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseTransparentHugePages",
            "-XX:-TieredCompilation");

    private static final int STREAM_BYTES = 48 << 10;
    private static final int SOCKETS = 4;
    private static final int WARM_UP_ROUNDS = 300;
    private static final int ROUNDS = 300;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final byte[] stream;
    private final int pieceBytes;
    private final int streams;
    private final int demultiplexedStreams;
    private final SketchFeeder sketch = new SketchFeeder(SOCKETS);
    private final DemultiplexerFeeder demultiplexer = new DemultiplexerFeeder(SOCKETS);

    /**
     * Prepares a measurement.
     *
     * @param payloadBytes of each frame
     * @param pieceBytes that the port hands over at a time
     * @param extraPercent how much more than the sketch the demultiplexer is made to do, in steps of 20: to see
     *     whether a guard sees it
     */
    SpeedRatio(int payloadBytes, int pieceBytes, int extraPercent) {
        this.stream = new Workload(payloadBytes, SOCKETS, false, STREAM_BYTES).stream();
        this.pieceBytes = pieceBytes;
        this.streams = pieceBytes < 64 ? 5 : 20;
        this.demultiplexedStreams = streams * (100 + extraPercent) / 100;
    }

    /**
     * Measures one case and prints the ratio as the last line.
     *
     * @param arguments payload of a frame in bytes, size of a piece in bytes, extra percent
     */
    public static void main(String[] arguments) {
        int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        double ratio = new SpeedRatio(numbers[0], numbers[1], numbers[2]).measure();
        System.out.printf(Locale.ROOT, "%.4f%n", ratio);
    }

    double measure() {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            nanos(sketch, streams);
            nanos(demultiplexer, demultiplexedStreams);
        }
        double[] ratios = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long sketchNanos = nanos(sketch, streams);
            long demultiplexerNanos = nanos(demultiplexer, demultiplexedStreams);
            ratios[i] = (double) demultiplexerNanos / sketchNanos;
        }
        Arrays.sort(ratios);
        return ratios[ROUNDS / 2];
    }

    private long nanos(PieceFeeder feeder, int times) {
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            feeder.feedAll(stream, pieceBytes);
        }
        return threads.getCurrentThreadCpuTime() - start;
    }
}
