package io.uartnio.socket.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** An {@link EngineSocket} between the application, the reader thread and the lane. */
public final class EngineSocketStress {

    /** So long no waker is ever held up between its change and its look at who waits. */
    private static final long LOST_SECONDS = 20;

    /** Long enough for every send. */
    private static final long LINGER_MILLIS = 60_000;

    /** Of sockets that are never connected, so all tests share one. */
    private static final SocketEngine ENGINE = new PlayedEngine().engine();

    private EngineSocketStress() {}

    private static String awaitReadable(ModuleSocket socket) {
        return awaitUntil(socket, ModuleSocket::isReadable);
    }

    /** The application waits in the loop that {@link ModuleSocket#awaitChange} prescribes. */
    private static String awaitUntil(ModuleSocket socket, Predicate<ModuleSocket> ready) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_SECONDS);
        for (; ; ) {
            long stamp = socket.changeStamp();
            if (ready.test(socket)) {
                return "woken";
            }
            if (deadlineNanos - System.nanoTime() <= 0) {
                return "slept on";
            }
            socket.awaitChange(stamp, deadlineNanos);
        }
    }

    /** The pair itself, with nothing around it: one waits for the first change, another makes it. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the change at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitAgainstSignal {
        private final EngineSocket socket = new EngineSocket(ENGINE, null);

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_SECONDS);
            socket.awaitChange(0, deadlineNanos);
            r.r1 = deadlineNanos - System.nanoTime() > 0 ? "woken" : "slept on";
        }

        /** Any thread. */
        @Actor
        public void signal() {
            socket.signalChange();
        }
    }

    /** Who leaves its place while another enters must neither take that one's place away nor leave it unheard. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the change at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitAgainstLeaveAndSignal {
        private final EngineSocket socket = new EngineSocket(ENGINE, null);

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_SECONDS);
            socket.awaitChange(0, deadlineNanos);
            r.r1 = deadlineNanos - System.nanoTime() > 0 ? "woken" : "slept on";
        }

        /** Another application thread, which waits for nothing, leaves, and then makes the change. */
        @Actor
        public void leaveAndSignal() {
            socket.awaitChange(0, System.nanoTime());
            socket.signalChange();
        }
    }

    /** A blocking reader and a frame. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the frame at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitAgainstDeliver {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            r.r1 = awaitReadable(socket);
        }

        /** Reader thread. */
        @Actor
        public void deliver() {
            engine.deliver(0, "12");
        }

        /** Takes the connect's time limit back. */
        @Arbiter
        public void end(L_Result r) {
            socket.fail(new IOException("test is over"));
        }
    }

    /** A blocking reader and the failure of its socket. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the failure at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitAgainstFail {
        private final EngineSocket socket = new PlayedEngine().connected();

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            r.r1 = awaitReadable(socket);
        }

        /** Timer thread. */
        @Actor
        public void fail() {
            socket.fail(new IOException("lost"));
        }
    }

    /** A blocking reader and a close of its channel by another thread. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the close at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitAgainstClose {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            r.r1 = awaitReadable(socket);
        }

        /** Application thread. */
        @Actor
        public void close() {
            socket.close();
        }

        /** Takes the linger's time limit back. */
        @Arbiter
        public void end(L_Result r) {
            engine.lane().finish();
        }
    }

    /** A writer that waits for room, which it is told of behind the next command or when the lane has none left. */
    @JCStressTest
    @State
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "saw the room at once, or was woken")
    @Outcome(id = "slept on", expect = FORBIDDEN, desc = "lost wake-up")
    public static class WaitForRoomAgainstSend {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        public WaitForRoomAgainstSend() {
            PlayedEngine.write(socket, "1234");
        }

        /** Application thread. */
        @Actor
        public void await(L_Result r) {
            r.r1 = awaitUntil(socket, ModuleSocket::isWritable);
        }

        /** Lane thread. */
        @Actor
        public void send() {
            engine.lane().finish();
        }

        /** Takes the connect's time limit back. */
        @Arbiter
        public void end(L_Result r) {
            socket.fail(new IOException("test is over"));
        }
    }

    /** A writer that wants to hear of less than before, while the module takes just that much. */
    @JCStressTest
    @State
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "looked before the module took it, and was told")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "saw behind the wish that it was taken")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "saw it, and was told as well")
    @Outcome(expect = FORBIDDEN, desc = "neither saw it nor was told: waits for ever")
    public static class WishAgainstTaken {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();
        private boolean told;

        public WishAgainstTaken() {
            PlayedEngine.write(socket, "12");
            socket.tellOfTakenFrom(3);
            socket.setChangeListener(() -> told = true);
        }

        /** Application thread. */
        @Actor
        public void wish(LL_Result r) {
            socket.tellOfTakenFrom(2);
            r.r2 = socket.bytesTaken() == 2;
        }

        /** Lane thread. */
        @Actor
        public void take() {
            engine.lane().finish();
        }

        /** Whether the listener was called; takes the connect's time limit back. */
        @Arbiter
        public void end(LL_Result r) {
            r.r1 = told;
            socket.setChangeListener(null);
            socket.fail(new IOException("test is over"));
        }
    }

    /** A second write comes when the lane is about to leave the socket. */
    @JCStressTest
    @State
    @Outcome(id = "123, 0", expect = ACCEPTABLE, desc = "everything was sent, in order")
    @Outcome(expect = FORBIDDEN, desc = "bytes are stranded: the socket is not in the queue")
    public static class WriteAgainstIdle {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        public WriteAgainstIdle() {
            PlayedEngine.write(socket, "1");
        }

        /** Application thread. */
        @Actor
        public void write() {
            PlayedEngine.write(socket, "23");
        }

        /** Lane thread. */
        @Actor
        public void send() {
            engine.lane().step();
            engine.lane().step();
        }

        /** The lane goes on until it finds nothing to do. */
        @Arbiter
        public void rest(LL_Result r) {
            engine.lane().finish();
            r.r1 = engine.sent();
            r.r2 = socket.bytesUnsent();
            socket.fail(new IOException("test is over"));
        }
    }

    /** A write and a close: what was taken is sent before the index is freed. */
    @JCStressTest
    @State
    @Outcome(id = "12, 0", expect = ACCEPTABLE, desc = "everything was sent and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "bytes lost, or an index kept")
    public static class CloseAgainstSend {
        private final PlayedEngine engine = new PlayedEngine(LINGER_MILLIS);
        private final EngineSocket socket = engine.connected();

        public CloseAgainstSend() {
            PlayedEngine.write(socket, "12");
        }

        /** Application thread. */
        @Actor
        public void close() {
            socket.close();
        }

        /** Lane thread. */
        @Actor
        public void send() {
            engine.lane().step();
            engine.lane().step();
        }

        /** The lane goes on until it finds nothing to do. */
        @Arbiter
        public void rest(LL_Result r) {
            engine.lane().finish();
            r.r1 = engine.sent();
            r.r2 = engine.engine().usedIndexes();
        }
    }

    /** Frames come for a socket, beyond its ring, while it is closed: what they took of the reserve comes back. */
    @JCStressTest
    @State
    @Outcome(id = "64, 0", expect = ACCEPTABLE, desc = "the reserve is whole and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "a part of the reserve is lost or was given back twice, or an index kept")
    public static class CloseAgainstDeliver {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        public CloseAgainstDeliver() {
            engine.deliver(0, "1234");
            engine.deliver(0, "56");
        }

        /** Reader thread. */
        @Actor
        public void deliver() {
            engine.deliver(0, "78");
            engine.deliver(0, "9A");
        }

        /** Application thread, and the lane after it. */
        @Actor
        public void close() {
            socket.close();
            engine.lane().finish();
        }

        /** What the reserve has, and how many indexes are taken. */
        @Arbiter
        public void free(LL_Result r) {
            engine.lane().finish();
            r.r1 = engine.engine().reserve().freeBytes();
            r.r2 = engine.engine().usedIndexes();
        }
    }

    /** The modem fails a socket that holds a part of the reserve, its user closes it, the lane frees its index. */
    @JCStressTest
    @State
    @Outcome(id = "64, 0", expect = ACCEPTABLE, desc = "the reserve is whole and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "a part of the reserve is lost or was given back twice, or an index kept")
    public static class CloseAgainstLoss {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        public CloseAgainstLoss() {
            engine.deliver(0, "1234");
            engine.deliver(0, "56");
        }

        /** Reader thread, and the lane after it. */
        @Actor
        public void lose() {
            engine.engine().events().onContextLost();
            engine.lane().finish();
        }

        /** Application thread. */
        @Actor
        public void close() {
            socket.close();
        }

        /** What the reserve has, and how many indexes are taken. */
        @Arbiter
        public void free(LL_Result r) {
            engine.lane().finish();
            r.r1 = engine.engine().reserve().freeBytes();
            r.r2 = engine.engine().usedIndexes();
        }
    }

    /** Two causes of a failure. */
    @JCStressTest
    @State
    @Outcome(
            id = {"true, false, FAILED, first", "false, true, FAILED, second"},
            expect = ACCEPTABLE,
            desc = "who failed it gave the cause")
    @Outcome(
            id = {"true, false, FAILED, second", "false, true, FAILED, first"},
            expect = ACCEPTABLE,
            desc = "failed by one with the cause that the other had brought just before")
    @Outcome(expect = FORBIDDEN, desc = "failed twice, or not, or without a cause")
    public static class FailAgainstFail {
        private final EngineSocket socket = new PlayedEngine().connected();

        /** Reader thread. */
        @Actor
        public void first(LLLL_Result r) {
            r.r1 = socket.fail(new IOException("first"));
        }

        /** Timer thread. */
        @Actor
        public void second(LLLL_Result r) {
            r.r2 = socket.fail(new IOException("second"));
        }

        /** Where it is, and why. */
        @Arbiter
        public void end(LLLL_Result r) {
            r.r3 = socket.state();
            IOException failure = socket.failure();
            r.r4 = failure == null ? "none" : failure.getMessage();
        }
    }

    /** Whoever sees a failed socket sees why. */
    @JCStressTest
    @State
    @Outcome(id = "CONNECTED, none", expect = ACCEPTABLE, desc = "looked before")
    @Outcome(id = "CONNECTED, lost", expect = ACCEPTABLE, desc = "failed between the two looks")
    @Outcome(id = "FAILED, lost", expect = ACCEPTABLE, desc = "looked behind")
    @Outcome(expect = FORBIDDEN, desc = "failed without a cause")
    public static class FailAgainstLook {
        private final EngineSocket socket = new PlayedEngine().connected();

        /** Reader thread. */
        @Actor
        public void fail() {
            socket.fail(new IOException("lost"));
        }

        /** Application thread. */
        @Actor
        public void look(LL_Result r) {
            r.r1 = socket.state();
            IOException failure = socket.failure();
            r.r2 = failure == null ? "none" : failure.getMessage();
        }
    }

    /** A state only moves down its list, whoever looks: a connect that succeeds while it times out. */
    @JCStressTest
    @State
    @Outcome(
            id = {"CONNECTING, FAILED", "CONNECTED, FAILED", "FAILED, FAILED"},
            expect = ACCEPTABLE,
            desc = "moved down and ended failed")
    @Outcome(expect = FORBIDDEN, desc = "came back from a failure, or was never failed")
    public static class OpenedAgainstFail {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connecting();

        /** Reader thread, and the lane after it. */
        @Actor
        public void opened(LL_Result r) {
            engine.engine().events().onOpened(0, false);
            engine.lane().finish();
            r.r1 = socket.state();
        }

        /** Timer thread. */
        @Actor
        public void fail() {
            socket.fail(new IOException("timed out"));
        }

        /** Where it is in the end. */
        @Arbiter
        public void end(LL_Result r) {
            r.r2 = socket.state();
        }
    }

    /** A connect succeeds while the user closes the socket. */
    @JCStressTest
    @State
    @Outcome(id = "CLOSED, 0", expect = ACCEPTABLE, desc = "closed, and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "came back from a close, or an index was kept")
    public static class OpenedAgainstClose {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connecting();

        /** Reader thread, and the lane after it. */
        @Actor
        public void opened() {
            engine.engine().events().onOpened(0, false);
            engine.lane().finish();
        }

        /** Application thread. */
        @Actor
        public void close() {
            socket.close();
        }

        /** Where it is in the end, and how many indexes are taken. */
        @Arbiter
        public void end(LL_Result r) {
            engine.lane().finish();
            r.r1 = socket.state();
            r.r2 = engine.engine().usedIndexes();
        }
    }

    /** The modem fails a socket while the user closes it. */
    @JCStressTest
    @State
    @Outcome(
            id = {"FAILED, CLOSED, 0", "CLOSED, CLOSED, 0"},
            expect = ACCEPTABLE,
            desc = "moved down, was closed in the end, and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "came back from a close, or an index was kept")
    public static class FailAgainstClose {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();

        /** Reader thread. */
        @Actor
        public void fail(LLL_Result r) {
            engine.engine().events().onContextLost();
            r.r1 = socket.state();
        }

        /** Application thread. */
        @Actor
        public void close() {
            socket.close();
        }

        /** Where it is in the end, and how many indexes are taken. */
        @Arbiter
        public void end(LLL_Result r) {
            engine.lane().finish();
            r.r2 = socket.state();
            r.r3 = engine.engine().usedIndexes();
        }
    }

    /** One thread connects a socket that another closes. */
    @JCStressTest
    @State
    @Outcome(
            id = {"connecting, CLOSED, 0", "refused, CLOSED, 0"},
            expect = ACCEPTABLE,
            desc = "closed in the end, and the index is free")
    @Outcome(expect = FORBIDDEN, desc = "came back from a close, or an index was kept")
    public static class ConnectAgainstClose {
        private final PlayedEngine engine = new PlayedEngine();
        private final ModuleSocket socket = engine.engine().create(null);

        /** Application thread. */
        @Actor
        public void connect(LLL_Result r) {
            try {
                socket.connect("host", 80, 0);
                r.r1 = "connecting";
            } catch (IOException | IllegalStateException e) {
                r.r1 = "refused";
            }
        }

        /** Application thread, and the lane after it. */
        @Actor
        public void close() {
            socket.close();
            engine.lane().finish();
        }

        /** Where it is in the end, and how many indexes are taken. */
        @Arbiter
        public void end(LLL_Result r) {
            engine.lane().finish();
            r.r2 = socket.state();
            r.r3 = engine.engine().usedIndexes();
        }
    }

    /** The only free index is given up by one socket while another asks for it. */
    @JCStressTest
    @State
    @Outcome(
            id = {"CONNECTED, 2", "refused, 1"},
            expect = ACCEPTABLE,
            desc = "had the index, or was told that there was none")
    @Outcome(expect = FORBIDDEN, desc = "an index given twice, or a socket that waits for ever")
    public static class ConnectAgainstFree {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket kept = engine.connected();
        private final EngineSocket leaving = engine.connected();
        private final ModuleSocket coming = engine.engine().create(null);
        private boolean refused;

        /** Application thread. */
        @Actor
        public void connect() {
            try {
                coming.connect("host", 80, 0);
            } catch (IOException e) {
                refused = true;
            }
        }

        /** Application thread, and the lane after it. */
        @Actor
        public void free() {
            leaving.close();
            engine.lane().finish();
        }

        /** What became of the one that came, and how many indexes are taken. */
        @Arbiter
        public void end(LL_Result r) {
            engine.lane().finish();
            if (!refused && coming.index() >= 0) {
                engine.engine().events().onOpened(coming.index(), false);
                engine.lane().finish();
            }
            r.r1 = refused ? "refused" : coming.state();
            r.r2 = engine.engine().usedIndexes();
            kept.close();
            coming.close();
            engine.lane().finish();
        }
    }
}
