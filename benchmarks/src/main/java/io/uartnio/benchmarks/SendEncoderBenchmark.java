package io.uartnio.benchmarks;

import io.uartnio.at.SendOutcome;
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
 * The way up: one payload sent by the shipped driver and channel over a module that answers at once. That is the
 * command put together, the prompt and {@code SEND OK} parsed, and the exchange that they belong to; beside it the same
 * command line put together as a string.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SendEncoderBenchmark {

    /** Payload of the send, in bytes. */
    @Param({"1", "1460"})
    int payload;

    private MemoryModule module;
    private byte[] bytes;
    private int index;

    /** Makes the module. The benchmark's thread is its lane. */
    @Setup
    public void setUp() {
        module = new MemoryModule();
        bytes = new byte[payload];
    }

    /** Ends the module. */
    @TearDown
    public void tearDown() {
        module.close();
    }

    /** Sends one payload; the sockets take turns. */
    @Benchmark
    public SendOutcome send() throws IOException {
        SendOutcome outcome = module.driver().send(nextIndex(), false, bytes, 0, payload);
        if (outcome != SendOutcome.TAKEN) {
            throw new IllegalStateException("send was not taken: outcome=" + outcome);
        }
        return outcome;
    }

    /** Puts the command line together as a string, as Java programs do. */
    @Benchmark
    public byte[] commandAsString() {
        return Workload.ascii("AT+QISEND=" + nextIndex() + "," + payload + "\r");
    }

    private int nextIndex() {
        index = index == MemoryModule.MAX_SOCKETS - 1 ? 0 : index + 1;
        return index;
    }
}
