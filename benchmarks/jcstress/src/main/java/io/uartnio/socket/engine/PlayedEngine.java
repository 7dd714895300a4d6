package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModuleInfo;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.LaneWork;
import io.uartnio.at.NoSink;
import io.uartnio.at.PlayedLane;
import io.uartnio.at.SendOutcome;
import io.uartnio.at.SilentPort;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.ListenRequest;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.module.SendCounters;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * A {@link SocketEngine} and its sockets as they are shipped, over a module that obeys at once and a lane that the test
 * plays. Rings have four bytes, so that they are full and at their end all the time.
 */
public final class PlayedEngine implements LaneWork {

    static final int RESERVE_BYTES = 64;
    private static final int RING_BYTES = 4;
    private static final long CONNECT_MILLIS = 60_000;

    /** Only asked for its name and told whether to be strict, so all tests share one. */
    private static final AtChannel CHANNEL = new AtChannel(new SilentPort(), new NoSink(), () -> {}, 1_000, 1_000);

    private final SocketEngine engine;
    private final PlayedLane lane = new PlayedLane(this);
    private final StringBuilder sent = new StringBuilder(16);

    /** Starts with both indexes free; a closed socket does not linger. */
    public PlayedEngine() {
        this(0);
    }

    PlayedEngine(long lingerMillis) {
        engine = new SocketEngine(
                new EngineSettings(
                        RING_BYTES, RING_BYTES, RESERVE_BYTES, AccessMode.DIRECT_PUSH, CONNECT_MILLIS, lingerMillis),
                () -> {},
                () -> {});
        engine.attach(CHANNEL, lane.lane());
        engine.setDriver(new ObedientModule());
    }

    /** Returns the engine. */
    public SocketEngine engine() {
        return engine;
    }

    /** Returns the lane that the test plays. */
    public PlayedLane lane() {
        return lane;
    }

    /** Returns a socket that has told the module to connect. */
    EngineSocket connecting() {
        EngineSocket socket = (EngineSocket) engine.create(null);
        try {
            socket.connect("host", 80, CONNECT_MILLIS);
        } catch (IOException e) {
            throw new AssertionError("an engine with free indexes connects", e);
        }
        lane.finish();
        return socket;
    }

    /** Returns a connected socket. */
    EngineSocket connected() {
        EngineSocket socket = connecting();
        engine.events().onOpened(socket.index(), false);
        lane.finish();
        return socket;
    }

    /** Delivers a frame as the reader thread does. */
    void deliver(int index, String digits) {
        byte[] bytes = digits.getBytes(StandardCharsets.US_ASCII);
        if (engine.frames().onFrame(index, false, bytes.length)) {
            engine.frames().onPayload(bytes, 0, bytes.length);
            engine.frames().onFrameEnd();
        }
    }

    /** Delivers the reply to a read as the reader thread does. */
    void answerRead(int index, String digits) {
        byte[] bytes = digits.getBytes(StandardCharsets.US_ASCII);
        if (engine.frames().onReadFrame(index, false, bytes.length)) {
            engine.frames().onPayload(bytes, 0, bytes.length);
            engine.frames().onFrameEnd();
        }
    }

    /** Writes as the application does; a socket that refuses takes nothing. */
    static void write(ModuleSocket socket, String digits) {
        try {
            socket.write(ByteBuffer.wrap(digits.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // closed or failed meanwhile
        }
    }

    /** Returns what the module was sent, in its order; the lane's. */
    String sent() {
        return sent.isEmpty() ? "-" : sent.toString();
    }

    @Override
    public boolean prepare() {
        return true;
    }

    @Override
    public boolean sendNext() throws IOException {
        return engine.sendNext();
    }

    @Override
    public void onFailure(Throwable cause) {
        throw new AssertionError("a lane's task failed", cause);
    }

    /** Does what it is told, at once. */
    private final class ObedientModule implements ModuleDriver {

        @Override
        public ModuleInfo info() {
            return new ModuleInfo(
                    "test",
                    "test",
                    "test",
                    2,
                    Set.of(AccessMode.BUFFER, AccessMode.DIRECT_PUSH, AccessMode.TRANSPARENT),
                    false,
                    List.of(),
                    List.of());
        }

        @Override
        public FrameGrammar grammar() {
            return FrameGrammar.TEXT_ONLY;
        }

        @Override
        public AtCommand probe() {
            return AtCommand.of("AT");
        }

        @Override
        public int maxSendBytes() {
            return 2;
        }

        @Override
        public void bringUp(BringUpSettings settings) {}

        @Override
        public boolean canListen() {
            return true;
        }

        @Override
        public void listen(int index, ListenRequest request) {}

        @Override
        public void check(OpenRequest request) {}

        @Override
        public void open(int index, OpenRequest request) {}

        @Override
        public boolean openOtherwise(int index, OpenRequest request, int code, int attempt) {
            return false;
        }

        @Override
        public boolean isNameUnknown(int code) {
            return false;
        }

        @Override
        public SendOutcome send(int index, boolean tls, byte[] payload, int offset, int length) {
            sent.append(new String(payload, offset, length, StandardCharsets.US_ASCII));
            return SendOutcome.TAKEN;
        }

        @Override
        public IOException explainRefusal(int index, boolean tls) {
            return new IOException("refused");
        }

        @Override
        public int read(int index, boolean tls) {
            return 0;
        }

        @Override
        public ReceiveCounters receiveCounters(int index, boolean tls) {
            return null;
        }

        @Override
        public boolean switchMode(int index, boolean tls, AccessMode mode) {
            return true;
        }

        @Override
        public SendCounters sendCounters(int index, boolean tls) {
            return null;
        }

        @Override
        public boolean isConnected(int index, boolean tls) {
            return false;
        }

        @Override
        public boolean close(int index, boolean tls) {
            return true;
        }

        @Override
        public String openCommandName(boolean tls) {
            return "open";
        }

        @Override
        public String closeUnheardCommand(int index, boolean tls) {
            return "close";
        }

        @Override
        public void closeAll() {}

        @Override
        public List<Integer> openIndexes() {
            return List.of();
        }

        @Override
        public void restoreNetwork(BringUpSettings settings) {}

        @Override
        public void restart() {}

        @Override
        public void onUnsolicited(byte[] line, int offset, int length) {}
    }
}
