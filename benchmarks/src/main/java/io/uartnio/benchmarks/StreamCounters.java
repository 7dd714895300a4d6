package io.uartnio.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Tells JMH how much of the stream was parsed, so that it can say how much a second. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class StreamCounters {

    /** Frames parsed. */
    public long frames;

    /** Bytes of stream parsed, announcements and all. */
    public long bytes;

    /** Counts a whole stream. */
    void count(Workload workload) {
        frames += workload.frames();
        bytes += workload.stream().length;
    }
}
