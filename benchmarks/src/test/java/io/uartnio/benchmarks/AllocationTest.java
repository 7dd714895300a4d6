package io.uartnio.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.uartnio.socket.engine.OverflowReserve;
import io.uartnio.socket.engine.ReceiveBuffer;
import io.uartnio.socket.engine.SendBuffer;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a byte from the port to the application allocates nothing once warm: not little, nothing. */
class AllocationTest {

    private static final int FRAMES = 1_100_000;
    private static final int WARM_UP_FRAMES = 200_000;

    private static final int MAX_ROUNDS = 4;

    private int rounds;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({
        "1, 1, false",
        "1, 4096, true",
        "16, 1, true",
        "16, 4096, false",
        "64, 512, false",
        "256, 64, true",
        "1460, 512, false",
        "1460, 4096, true"
    })
    void aMillionFramesThroughTheDemultiplexerIntoTheRingsAllocateNothing(int payload, int piece, boolean trailer) {
        Workload workload = new Workload(payload, 12, trailer, 256 << 10);
        DemultiplexerFeeder feeder = new DemultiplexerFeeder(12);
        int warmUp = WARM_UP_FRAMES / workload.frames() + 1;
        int measured = FRAMES / workload.frames() + 1;

        feedTimes(feeder, workload, piece, warmUp);
        long allocated = leastAllocated(() -> feedTimes(feeder, workload, piece, measured));

        long fed = warmUp + (long) rounds * measured;
        assertThat(feeder.handler().frames()).isEqualTo(fed * workload.frames());
        assertThat(feeder.handler().drainedBytes()).isEqualTo(fed * workload.payloadBytes());
        assertThat(allocated).as("bytes allocated").isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readingARingAllocatesNothing(boolean direct) {
        ReceiveBuffer ring = new ReceiveBuffer(Workload.RING_BYTES, new OverflowReserve(0));
        ByteBuffer target = direct ? ByteBuffer.allocateDirect(2048) : ByteBuffer.allocate(2048);
        byte[] payload = new byte[1460];

        readTimes(ring, payload, target, WARM_UP_FRAMES);
        long allocated = leastAllocated(() -> readTimes(ring, payload, target, FRAMES));

        assertThat(ring.isEmpty()).isTrue();
        assertThat(allocated).as("bytes allocated").isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWayThroughASendRingAllocatesNothing(boolean direct) {
        SendBuffer ring = new SendBuffer(Workload.RING_BYTES);
        ByteBuffer source = direct ? ByteBuffer.allocateDirect(1460) : ByteBuffer.allocate(1460);
        byte[] taken = new byte[1460];

        sendTimes(ring, source, taken, WARM_UP_FRAMES);
        long allocated = leastAllocated(() -> sendTimes(ring, source, taken, FRAMES));

        assertThat(ring.size()).isZero();
        assertThat(allocated).as("bytes allocated").isZero();
    }

    /**
     * Runs the work up to some times and returns what the thread allocated in the round that allocated least. Whatever
     * allocates for each frame does so in every round; a compiler that changes its mind does so once.
     */
    private long leastAllocated(Runnable work) {
        long least = Long.MAX_VALUE;
        for (rounds = 0; rounds < MAX_ROUNDS && least > 0; rounds++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static void feedTimes(DemultiplexerFeeder feeder, Workload workload, int piece, int times) {
        for (int i = 0; i < times; i++) {
            feeder.feedAll(workload.stream(), piece);
        }
    }

    private static void readTimes(ReceiveBuffer ring, byte[] payload, ByteBuffer target, int times) {
        for (int i = 0; i < times; i++) {
            ring.begin(payload.length);
            ring.put(payload, 0, payload.length);
            ring.end();
            target.clear();
            ring.read(target);
        }
    }

    private static void sendTimes(SendBuffer ring, ByteBuffer source, byte[] taken, int times) {
        for (int i = 0; i < times; i++) {
            source.clear();
            ring.write(source);
            ring.remove(ring.peek(taken));
        }
    }
}
