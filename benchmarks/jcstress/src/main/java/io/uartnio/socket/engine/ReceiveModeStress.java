package io.uartnio.socket.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.AccessMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** A {@link ReceiveMode} between the reader thread, the lane and the application, where two of them decide at once. */
public final class ReceiveModeStress {

    private ReceiveModeStress() {}

    private static EngineSocket socketIn(PlayedEngine engine, ReceiveMode.State state) {
        EngineSocket socket = engine.connected();
        if (!socket.receive().move(ReceiveMode.State.PUSH, state)) {
            throw new AssertionError("a socket of this engine is opened in direct push");
        }
        return socket;
    }

    /** Reads all there is. */
    private static String read(EngineSocket socket) {
        ByteBuffer target = ByteBuffer.allocate(16);
        try {
            socket.read(target);
        } catch (IOException e) {
            return "failed";
        }
        String seen = new String(target.array(), 0, target.position(), StandardCharsets.US_ASCII);
        return seen.isEmpty() ? "-" : seen;
    }

    /** Takes the connect's time limit back. */
    private static void end(EngineSocket socket) {
        socket.fail(new IOException("test is over"));
    }

    /** The lane finds the ring full and wishes to be told of room, while the application makes it. */
    @JCStressTest
    @State
    @Outcome(id = "told", expect = ACCEPTABLE, desc = "the lane comes again")
    @Outcome(id = "forgotten", expect = FORBIDDEN, desc = "nobody reads any more")
    public static class RoomAgainstWish {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        public RoomAgainstWish() {
            engine.deliver(0, "1234");
            engine.lane().finish();
        }

        /** Lane. */
        @Actor
        public void wish() {
            socket.receive().awaitSize(2);
        }

        /** Application thread. */
        @Actor
        public void read() {
            ReceiveModeStress.read(socket);
        }

        /** Is a step queued? */
        @Arbiter
        public void rest(L_Result r) {
            r.r1 = engine.lane().step() ? "told" : "forgotten";
            end(socket);
        }
    }

    /** A frame is late, and the lane begins to read. */
    @JCStressTest
    @State
    @Outcome(id = "true, FAILED", expect = ACCEPTABLE, desc = "reading has begun: the frame has no place")
    @Outcome(id = "false, CONNECTED", expect = ACCEPTABLE, desc = "the frame is taken, the read waits")
    @Outcome(expect = FORBIDDEN, desc = "both, in an order that nobody knows, or neither")
    public static class LateFrameAgainstRead {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = socketIn(engine, ReceiveMode.State.SETTLED);

        /** Reader thread. */
        @Actor
        public void push() {
            engine.deliver(0, "12");
        }

        /** Lane. */
        @Actor
        public void read(LL_Result r) {
            r.r1 = socket.receive().move(ReceiveMode.State.SETTLED, ReceiveMode.State.BUFFER);
        }

        /** What has become of the socket. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = socket.state();
            end(socket);
        }
    }

    /** The module pushes, although it refuses to. */
    @JCStressTest
    @State
    @Outcome(id = "FAILED", expect = ACCEPTABLE, desc = "the frame has no place")
    @Outcome(expect = FORBIDDEN, desc = "the frame is held for ever")
    public static class HeldAgainstRefused {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = socketIn(engine, ReceiveMode.State.TO_PUSH);

        /** Reader thread. */
        @Actor
        public void push() {
            engine.deliver(0, "12");
        }

        /** Lane. */
        @Actor
        public void refuse() {
            socket.receive().onRefusedToPush();
        }

        /** What has become of the socket. */
        @Arbiter
        public void rest(L_Result r) {
            r.r1 = socket.state();
            end(socket);
        }
    }

    /** What was held is let through and more comes, while the application reads. */
    @JCStressTest
    @State
    @Outcome(id = "12, 345678", expect = ACCEPTABLE, desc = "read before")
    @Outcome(id = "1234, 5678", expect = ACCEPTABLE, desc = "read between")
    @Outcome(id = "123456, 78", expect = ACCEPTABLE, desc = "read between")
    @Outcome(id = "12345678, -", expect = ACCEPTABLE, desc = "read behind")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled or out of order")
    public static class ReleaseAgainstRead {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = socketIn(engine, ReceiveMode.State.DRAINING);

        public ReleaseAgainstRead() {
            engine.deliver(0, "34");
            engine.deliver(0, "56");
            engine.answerRead(0, "12");
        }

        /** Reader thread. */
        @Actor
        public void release() {
            engine.engine().frames().onReadEmpty(0, false);
            engine.deliver(0, "78");
        }

        /** Application thread. */
        @Actor
        public void read(LL_Result r) {
            r.r1 = ReceiveModeStress.read(socket);
        }

        /** What is left. */
        @Arbiter
        public void rest(LL_Result r) {
            r.r2 = ReceiveModeStress.read(socket);
            end(socket);
        }
    }

    /** Another mode is asked for while the last read is answered. */
    @JCStressTest
    @State
    @Outcome(id = "TO_BUFFER", expect = ACCEPTABLE, desc = "whoever came second has seen the other")
    @Outcome(expect = FORBIDDEN, desc = "nobody switches")
    public static class WishAgainstDrained {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = socketIn(engine, ReceiveMode.State.DRAINING);

        /** Reader thread. */
        @Actor
        public void drained() {
            engine.engine().frames().onReadEmpty(0, false);
        }

        /** Application thread. */
        @Actor
        public void ask() {
            socket.receive().setWanted(AccessMode.BUFFER);
        }

        /** What the socket is about to do. */
        @Arbiter
        public void rest(L_Result r) {
            r.r1 = socket.receive().state();
            end(socket);
        }
    }
}
