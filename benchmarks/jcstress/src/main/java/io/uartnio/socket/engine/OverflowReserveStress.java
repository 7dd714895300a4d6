package io.uartnio.socket.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/**
 * What a socket holds of the modem's {@link OverflowReserve} is given back once, whoever does it: the reader thread
 * that drops a frame, the application that reads one, or the release of a closed socket. The result is what the
 * reserve of 64 bytes has in the end.
 */
public final class OverflowReserveStress {

    private static final int RESERVE_BYTES = 64;

    private OverflowReserveStress() {}

    private abstract static class Base {
        final OverflowReserve reserve = new OverflowReserve(RESERVE_BYTES);
        final ReceiveBuffer buffer = new ReceiveBuffer(2, reserve);

        Base() {
            ReceiveBufferStress.frame(buffer, "12");
        }
    }

    /** A frame goes into the overflow while the socket is released. */
    @JCStressTest
    @State
    @Outcome(id = "64", expect = ACCEPTABLE, desc = "all given back")
    @Outcome(expect = FORBIDDEN, desc = "given back twice, or never")
    public static class TakeAgainstRelease extends Base {

        /** Reader thread. */
        @Actor
        public void produce() {
            ReceiveBufferStress.frame(buffer, "34");
        }

        /** Lane thread. */
        @Actor
        public void release() {
            buffer.release();
        }

        /** What the reserve has. */
        @Arbiter
        public void free(J_Result r) {
            r.r1 = reserve.freeBytes();
        }
    }

    /** A frame in the overflow is read while the socket is released. */
    @JCStressTest
    @State
    @Outcome(id = "64", expect = ACCEPTABLE, desc = "all given back")
    @Outcome(expect = FORBIDDEN, desc = "given back twice, or never")
    public static class ReadAgainstRelease extends Base {

        public ReadAgainstRelease() {
            ReceiveBufferStress.frame(buffer, "34");
            ReceiveBufferStress.frame(buffer, "56");
        }

        /** Application thread. */
        @Actor
        public void consume() {
            ReceiveBufferStress.read(buffer, 16);
        }

        /** Lane thread. */
        @Actor
        public void release() {
            buffer.release();
        }

        /** What the reserve has. */
        @Arbiter
        public void free(J_Result r) {
            r.r1 = reserve.freeBytes();
        }
    }

    /** A frame that was begun is dropped for another while the socket is released. */
    @JCStressTest
    @State
    @Outcome(id = "64", expect = ACCEPTABLE, desc = "all given back")
    @Outcome(expect = FORBIDDEN, desc = "given back twice, or never")
    public static class DropAgainstRelease extends Base {

        public DropAgainstRelease() {
            buffer.begin(7);
        }

        /** Reader thread. */
        @Actor
        public void produce() {
            buffer.begin(5);
            buffer.begin(3);
        }

        /** Lane thread. */
        @Actor
        public void release() {
            buffer.release();
        }

        /** What the reserve has. */
        @Arbiter
        public void free(J_Result r) {
            r.r1 = reserve.freeBytes();
        }
    }

    /** The application reads an overflow frame while the reader thread adds one; then everything is read. */
    @JCStressTest
    @State
    @Outcome(id = "64", expect = ACCEPTABLE, desc = "all given back")
    @Outcome(expect = FORBIDDEN, desc = "given back twice, or never")
    public static class ReadAgainstTake extends Base {

        public ReadAgainstTake() {
            ReceiveBufferStress.frame(buffer, "34");
        }

        /** Reader thread. */
        @Actor
        public void produce() {
            ReceiveBufferStress.frame(buffer, "56");
            ReceiveBufferStress.frame(buffer, "78");
        }

        /** Application thread. */
        @Actor
        public void consume() {
            ReceiveBufferStress.read(buffer, 3);
            ReceiveBufferStress.read(buffer, 3);
        }

        /** What the reserve has once everything was read. */
        @Arbiter
        public void free(J_Result r) {
            ReceiveBufferStress.read(buffer, 16);
            r.r1 = reserve.freeBytes();
        }
    }

    /** Two sockets of a modem want more than half of the reserve each. */
    @JCStressTest
    @State
    @Outcome(id = "true, false, 24", expect = ACCEPTABLE, desc = "the first had it")
    @Outcome(id = "false, true, 24", expect = ACCEPTABLE, desc = "the second had it")
    @Outcome(expect = FORBIDDEN, desc = "more was given out than there is, or nothing")
    public static class TakeAgainstTake {
        private final OverflowReserve reserve = new OverflowReserve(RESERVE_BYTES);

        /** Any thread. */
        @Actor
        public void first(ZZJ_Result r) {
            r.r1 = reserve.tryTake(40);
        }

        /** Any thread. */
        @Actor
        public void second(ZZJ_Result r) {
            r.r2 = reserve.tryTake(40);
        }

        /** What the reserve has. */
        @Arbiter
        public void free(ZZJ_Result r) {
            r.r3 = reserve.freeBytes();
        }
    }
}
