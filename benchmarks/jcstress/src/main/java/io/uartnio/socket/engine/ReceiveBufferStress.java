package io.uartnio.socket.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * The reader thread puts frames of two bytes into a {@link ReceiveBuffer} while the application reads. Bytes are
 * digits, so that a result shows what was read ({@code -} for nothing) and, once both are done, what was left.
 */
public final class ReceiveBufferStress {

    private static final int RESERVE_BYTES = 64;

    private ReceiveBufferStress() {}

    static void frame(ReceiveBuffer buffer, String digits) {
        byte[] bytes = digits.getBytes(StandardCharsets.US_ASCII);
        if (buffer.begin(bytes.length)) {
            // In two pieces, as payload that comes in two reads of the port.
            buffer.put(bytes, 0, 1);
            buffer.put(bytes, 1, bytes.length - 1);
            buffer.end();
        }
    }

    static String read(ReceiveBuffer buffer, int maxBytes) {
        ByteBuffer target = ByteBuffer.allocate(maxBytes);
        buffer.read(target);
        String seen = new String(target.array(), 0, target.position(), StandardCharsets.US_ASCII);
        return seen.isEmpty() ? "-" : seen;
    }

    static ReceiveBuffer ring(int ringBytes, String... frames) {
        ReceiveBuffer buffer = new ReceiveBuffer(ringBytes, new OverflowReserve(RESERVE_BYTES));
        for (String frame : frames) {
            frame(buffer, frame);
        }
        return buffer;
    }

    /** Two frames into a ring that has room. */
    @JCStressTest
    @State
    @Outcome(id = "-, 1234", expect = ACCEPTABLE, desc = "read before the first frame")
    @Outcome(id = "12, 34", expect = ACCEPTABLE, desc = "read between the frames")
    @Outcome(id = "1234, -", expect = ACCEPTABLE, desc = "read behind both")
    @Outcome(expect = FORBIDDEN, desc = "a frame torn, out of order, lost or doubled")
    public static class PublishAndRead {
        private final ReceiveBuffer buffer = ring(8);

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "12");
            frame(buffer, "34");
        }

        /** Application thread. */
        @Actor
        public void consume(LL_Result r) {
            r.r1 = read(buffer, 8);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = read(buffer, 8);
        }
    }

    /** As {@link PublishAndRead}, across the end of the ring, and the second frame needs the room that a read makes. */
    @JCStressTest
    @State
    @Outcome(id = "0, 1234", expect = ACCEPTABLE, desc = "read before the first frame")
    @Outcome(id = "012, 34", expect = ACCEPTABLE, desc = "read between the frames")
    @Outcome(id = "01234, -", expect = ACCEPTABLE, desc = "read behind both")
    @Outcome(expect = FORBIDDEN, desc = "a frame torn, out of order, lost or doubled")
    public static class WrapAround {
        private final ReceiveBuffer buffer = ring(4);

        public WrapAround() {
            frame(buffer, "xx");
            read(buffer, 2);
            frame(buffer, "x0");
            read(buffer, 1);
        }

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "12");
            frame(buffer, "34");
        }

        /** Application thread. */
        @Actor
        public void consume(LL_Result r) {
            r.r1 = read(buffer, 8);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = read(buffer, 8);
        }
    }

    /** The ring is full; frames go into the overflow, or into the ring again once the application has emptied it. */
    @JCStressTest
    @State
    @Outcome(id = "1234, 5678", expect = ACCEPTABLE, desc = "only the ring was there, or was looked at")
    @Outcome(id = "123456, 78", expect = ACCEPTABLE, desc = "one frame had come")
    @Outcome(id = "12345678, -", expect = ACCEPTABLE, desc = "both had come")
    @Outcome(expect = FORBIDDEN, desc = "ring and overflow out of order, or a frame torn, lost or doubled")
    public static class RingToOverflow {
        private final ReceiveBuffer buffer = ring(4, "12", "34");

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "56");
            frame(buffer, "78");
        }

        /** Application thread. */
        @Actor
        public void consume(LL_Result r) {
            r.r1 = read(buffer, 16);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = read(buffer, 16);
        }
    }

    /** The ring is empty and so small that it and the overflow fill while the application looks from one to the other. */
    @JCStressTest
    @State
    @Outcome(id = "-, 123456", expect = ACCEPTABLE, desc = "nothing had come")
    @Outcome(id = "12, 3456", expect = ACCEPTABLE, desc = "one frame had come")
    @Outcome(id = "1234, 56", expect = ACCEPTABLE, desc = "two had come")
    @Outcome(id = "123456, -", expect = ACCEPTABLE, desc = "all had come")
    @Outcome(expect = FORBIDDEN, desc = "ring and overflow out of order, or a frame torn, lost or doubled")
    public static class EmptyRingToOverflow {
        private final ReceiveBuffer buffer = ring(2);

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "12");
            frame(buffer, "34");
            frame(buffer, "56");
        }

        /** Application thread. */
        @Actor
        public void consume(LL_Result r) {
            r.r1 = read(buffer, 16);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = read(buffer, 16);
        }
    }

    /** A frame is in the overflow and the application empties it while the reader thread adds: back to the ring. */
    @JCStressTest
    @State
    @Outcome(id = "123456, 789A", expect = ACCEPTABLE, desc = "read before the new frames")
    @Outcome(id = "12345678, 9A", expect = ACCEPTABLE, desc = "read between them")
    @Outcome(id = "123456789A, -", expect = ACCEPTABLE, desc = "read behind both")
    @Outcome(expect = FORBIDDEN, desc = "ring and overflow out of order, or a frame torn, lost or doubled")
    public static class OverflowToRing {
        private final ReceiveBuffer buffer = ring(4, "12", "34", "56");

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "78");
            frame(buffer, "9A");
        }

        /** Application thread, with buffers smaller than a frame. */
        @Actor
        public void consume(LL_Result r) {
            StringBuilder seen = new StringBuilder(16);
            String piece = read(buffer, 3);
            while (!piece.equals("-")) {
                seen.append(piece);
                piece = read(buffer, 3);
            }
            r.r1 = seen.toString();
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = read(buffer, 16);
        }
    }

    /** Whoever sees that a frame has come can read it. */
    @JCStressTest
    @State
    @Outcome(id = "empty", expect = ACCEPTABLE, desc = "looked before the frame")
    @Outcome(id = "12", expect = ACCEPTABLE, desc = "what was seen could be read")
    @Outcome(expect = FORBIDDEN, desc = "seen and not read")
    public static class SeenIsReadable {
        private final ReceiveBuffer buffer = ring(4);

        /** Reader thread. */
        @Actor
        public void produce() {
            frame(buffer, "12");
        }

        /** Application thread. */
        @Actor
        public void consume(L_Result r) {
            r.r1 = buffer.isEmpty() ? "empty" : read(buffer, 8);
        }
    }
}
