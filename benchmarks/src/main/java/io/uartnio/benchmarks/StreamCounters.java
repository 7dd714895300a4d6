package io.uartnio.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Tells JMH how much of the stream was parsed, so that it can say how much a second; and how much of that second the
 * thread had the processor, because on a machine with other work the clock says more about that work.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class StreamCounters {

    /** Frames parsed. */
    public long frames;

    /** Bytes of stream parsed, announcements and all. */
    public long bytes;

    /** Time on the processor. */
    public long cpuNanos;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long countedNanos;

    /** Begins to count time. */
    @Setup(Level.Iteration)
    public void begin() {
        countedNanos = threads.getCurrentThreadCpuTime();
    }

    /** Counts a whole stream. */
    void count(Workload workload) {
        count(workload.frames(), workload.stream().length);
    }

    void count(long moreFrames, long moreBytes) {
        frames += moreFrames;
        bytes += moreBytes;
        long now = threads.getCurrentThreadCpuTime();
        cpuNanos += now - countedNanos;
        countedNanos = now;
    }
}
