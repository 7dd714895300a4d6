package io.uartnio.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
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
 * What a select costs by the number of channels registered, and how long it takes from a byte, or a wakeup, to the
 * return of a select that waits: our selector over sockets of modules in memory, the JDK's over pipes. A byte for ours
 * is a frame through channel, demultiplexer and ring; for the JDK's it is a write to a pipe.
 */
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SelectorBenchmark {

    private static final long SETTLE_NANOS = 50_000;

    /** Whose selector it is. */
    public enum Kind {
        /** Ours. */
        MODULE,
        /** The JDK's. */
        JDK
    }

    /** A selector and its channels. What overrides a method here is called in its place, so it has no annotation. */
    @State(Scope.Thread)
    public static class Bed {

        /** Whose selector. */
        @Param
        Kind kind;

        /** How many channels are registered: one, a module's, eight modules'. */
        @Param({"1", "12", "96"})
        int channels;

        SelectorBed bed;

        /** Opens and registers. */
        @Setup
        public void open() throws IOException {
            bed = kind == Kind.MODULE ? new SelectorBed.OfModules(channels) : new SelectorBed.OfPipes(channels);
        }

        /** Closes all. */
        @TearDown
        public void close() throws IOException {
            bed.close();
        }

        final int selectNow() throws IOException {
            int count = bed.selector.selectNow();
            bed.selector.selectedKeys().clear();
            return count;
        }
    }

    /** As {@link Bed}, with one channel ready throughout. */
    public static class OneReady extends Bed {

        @Override
        public void open() throws IOException {
            super.open();
            bed.give(0);
        }
    }

    /** As {@link Bed}, with all channels ready throughout. */
    public static class AllReady extends Bed {

        @Override
        public void open() throws IOException {
            super.open();
            for (int i = 0; i < channels; i++) {
                bed.give(i);
            }
        }
    }

    /** As {@link Bed}, with a thread that selects, takes the byte of whatever is ready, and counts its selects. */
    public static class Waiting extends Bed {

        private final Thread thread = new Thread(this::selectAll, "benchmark-selector");
        private volatile long selects;
        private volatile boolean stopped;
        private int next;

        @Override
        public void open() throws IOException {
            super.open();
            thread.setDaemon(true);
            thread.start();
        }

        /** Gives the thread time to fall asleep in its select. */
        @Setup(Level.Invocation)
        public void settle() {
            long end = System.nanoTime() + SETTLE_NANOS;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        /** Ends the thread, before the selector is closed. */
        @Override
        public void close() throws IOException {
            stopped = true;
            bed.selector.wakeup();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            super.close();
        }

        private void selectAll() {
            try {
                long count = 0;
                while (!stopped) {
                    bed.selector.select();
                    for (SelectionKey key : bed.selector.selectedKeys()) {
                        bed.take(key);
                    }
                    bed.selector.selectedKeys().clear();
                    selects = ++count;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private long give() throws IOException {
            long before = selects;
            next = next + 1 == channels ? 0 : next + 1;
            bed.give(next);
            return awaitSelect(before);
        }

        private long wakeup() {
            long before = selects;
            bed.selector.wakeup();
            return awaitSelect(before);
        }

        private long awaitSelect(long before) {
            while (selects == before) {
                Thread.onSpinWait();
            }
            return selects;
        }
    }

    /** Looks once while nothing is ready. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public int selectNowNoneReady(Bed bed) throws IOException {
        return bed.selectNow();
    }

    /** Looks once while one channel is ready. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public int selectNowOneReady(OneReady bed) throws IOException {
        return bed.selectNow();
    }

    /** Looks once while all channels are ready. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public int selectNowAllReady(AllReady bed) throws IOException {
        return bed.selectNow();
    }

    /** From a byte to a thread that waits in select and has read it. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long byteToSelectingThread(Waiting bed) throws IOException {
        return bed.give();
    }

    /** From a wakeup to the return of the select that waits. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public long wakeupOfSelectingThread(Waiting bed) {
        return bed.wakeup();
    }
}
