package io.uartnio.benchmarks;

import io.uartnio.socket.engine.OverflowReserve;
import io.uartnio.socket.engine.ReceiveBuffer;
import io.uartnio.socket.engine.SendBuffer;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscUnboundedVarHandleArrayQueue;
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

/** What the sockets' buffers and the queues of the lane and the selector cost when nobody else is at them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {

    /** A socket's buffers, by the size of what goes through them. */
    @State(Scope.Thread)
    public static class Buffers {

        /** Bytes that go through at a time. */
        @Param({"16", "1460"})
        int payload;

        private final OverflowReserve reserve = new OverflowReserve(1 << 20);
        private final ReceiveBuffer received = new ReceiveBuffer(Workload.RING_BYTES, reserve);
        /** Too small for any frame, so that all go to the reserve. */
        private final ReceiveBuffer overflowing = new ReceiveBuffer(1, reserve);

        private final SendBuffer unsent = new SendBuffer(Workload.RING_BYTES);
        private byte[] bytes;
        private byte[] target;
        private ByteBuffer heap;
        private ByteBuffer direct;

        /** Makes what goes through. */
        @Setup
        public void setUp() {
            bytes = new byte[payload];
            target = new byte[payload];
            heap = ByteBuffer.allocate(payload);
            direct = ByteBuffer.allocateDirect(payload);
        }

        private void receive(ReceiveBuffer buffer) {
            if (!buffer.begin(payload)) {
                throw new IllegalStateException("no room for a frame");
            }
            buffer.put(bytes, 0, payload);
            buffer.end();
        }
    }

    private final Queue<Object> spsc = new SpscUnboundedVarHandleArrayQueue<>(16);
    private final Queue<Object> mpsc = new MpscUnboundedVarHandleArrayQueue<>(64);
    private final Queue<Object> jdk = new ConcurrentLinkedQueue<>();

    /** A frame into the ring, and forgotten there. */
    @Benchmark
    public int receiveAndSkip(Buffers buffers) {
        buffers.receive(buffers.received);
        return buffers.received.skipRing();
    }

    /** A frame into the ring, and out of it into an array's buffer. */
    @Benchmark
    public int receiveAndReadToHeap(Buffers buffers) {
        buffers.receive(buffers.received);
        return buffers.received.read(buffers.heap.clear());
    }

    /** A frame into the ring, and out of it into a direct buffer. */
    @Benchmark
    public int receiveAndReadToDirect(Buffers buffers) {
        buffers.receive(buffers.received);
        return buffers.received.read(buffers.direct.clear());
    }

    /** A frame into the reserve, as while the ring is full, and out of it. This one allocates the frame. */
    @Benchmark
    public int receiveAndReadOverflow(Buffers buffers) {
        buffers.receive(buffers.overflowing);
        return buffers.overflowing.read(buffers.heap.clear());
    }

    /** A write into the send ring, and out of it as the lane does. */
    @Benchmark
    public int writeAndSend(Buffers buffers) {
        buffers.unsent.write(buffers.heap.clear());
        int length = buffers.unsent.peek(buffers.target);
        buffers.unsent.remove(length);
        return length;
    }

    /** The two copies alone that a frame into and out of a ring makes at least. */
    @Benchmark
    public byte[] copyTwice(Buffers buffers) {
        System.arraycopy(buffers.bytes, 0, buffers.target, 0, buffers.payload);
        System.arraycopy(buffers.target, 0, buffers.heap.array(), 0, buffers.payload);
        return buffers.target;
    }

    /** Through the queue of frames in the reserve. */
    @Benchmark
    public Object spscQueue() {
        spsc.offer(this);
        return spsc.poll();
    }

    /** Through the queue of the lane's tasks, of sockets to send from and of changed keys. */
    @Benchmark
    public Object mpscQueue() {
        mpsc.offer(this);
        return mpsc.poll();
    }

    /** Through the JDK's queue for the same use. */
    @Benchmark
    public Object jdkQueue() {
        jdk.offer(this);
        return jdk.poll();
    }
}
