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
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The application writes into a {@link SendBuffer} while the lane looks at its bytes and removes them. */
public final class SendBufferStress {

    private SendBufferStress() {}

    static int put(SendBuffer buffer, String digits) {
        return buffer.write(ByteBuffer.wrap(digits.getBytes(StandardCharsets.US_ASCII)));
    }

    static String peek(SendBuffer buffer) {
        byte[] target = new byte[8];
        int length = buffer.peek(target);
        return length == 0 ? "-" : new String(target, 0, length, StandardCharsets.US_ASCII);
    }

    static String takeAll(SendBuffer buffer) {
        String seen = peek(buffer);
        buffer.remove(seen.equals("-") ? 0 : seen.length());
        return seen;
    }

    /** Two writes across the end of the ring; what the lane took once, and what it finds then. */
    @JCStressTest
    @State
    @Outcome(id = "-, 1234", expect = ACCEPTABLE, desc = "taken before the first write")
    @Outcome(id = "12, 34", expect = ACCEPTABLE, desc = "taken between the writes")
    @Outcome(id = "1234, -", expect = ACCEPTABLE, desc = "taken behind both")
    @Outcome(expect = FORBIDDEN, desc = "bytes torn, out of order, lost or doubled")
    public static class WriteAgainstTake {
        private final SendBuffer buffer = new SendBuffer(4);

        public WriteAgainstTake() {
            put(buffer, "xxx");
            buffer.clear();
        }

        /** Application thread. */
        @Actor
        public void write() {
            put(buffer, "12");
            put(buffer, "34");
        }

        /** Lane thread. */
        @Actor
        public void take(LL_Result r) {
            r.r1 = takeAll(buffer);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = takeAll(buffer);
        }
    }

    /** A full ring: the writer may use only what the lane has removed, never what it still looks at. */
    @JCStressTest
    @State
    @Outcome(id = "1234, 0, -", expect = ACCEPTABLE, desc = "no room before the lane removed anything")
    @Outcome(id = "1234, 3, 567", expect = ACCEPTABLE, desc = "room once it had")
    @Outcome(expect = FORBIDDEN, desc = "bytes written over, lost or doubled")
    public static class FullRing {
        private final SendBuffer buffer = new SendBuffer(4);

        public FullRing() {
            put(buffer, "xx");
            buffer.clear();
            put(buffer, "1234");
        }

        /** Application thread. */
        @Actor
        public void write(LLL_Result r) {
            r.r2 = put(buffer, "567");
        }

        /** Lane thread. */
        @Actor
        public void take(LLL_Result r) {
            r.r1 = takeAll(buffer);
        }

        /** What is left. */
        @Arbiter
        public void rest(LLL_Result r) {
            r.r3 = takeAll(buffer);
        }
    }

    /** The lane forgets what was written, because the connection has ended, while more is written. */
    @JCStressTest
    @State
    @Outcome(id = "2, -", expect = ACCEPTABLE, desc = "forgotten with the rest")
    @Outcome(id = "2, 34", expect = ACCEPTABLE, desc = "written behind that")
    @Outcome(expect = FORBIDDEN, desc = "a part of a write is left")
    public static class WriteAgainstClear {
        private final SendBuffer buffer = new SendBuffer(4);

        public WriteAgainstClear() {
            put(buffer, "12");
        }

        /** Application thread. */
        @Actor
        public void write(LL_Result r) {
            r.r1 = put(buffer, "34");
        }

        /** Lane thread. */
        @Actor
        public void clear() {
            buffer.clear();
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = takeAll(buffer);
        }
    }
}
