package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.Seeds;
import io.uartnio.SocketInfo;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneWork;
import io.uartnio.at.ScriptedPort;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.socket.ModuleSocket.State;
import io.uartnio.socket.engine.KeepingModule.Leftovers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's side of access modes, over a module of which the test is the peer. */
@Timeout(120)
class ReceiveModeTest {

    private static final int RING_BYTES = 8192;
    private static final int RESERVE_BYTES = 64 * 1024;

    private final SocketEngine engine = new SocketEngine(
            new EngineSettings(RING_BYTES, 8192, RESERVE_BYTES, AccessMode.ADAPTIVE, 60_000, 0), () -> {}, () -> {});
    private final AtChannel channel = new AtChannel(new ScriptedPort("test"), engine.frames(), () -> {}, 1_000, 1_000);
    private final CommandLane lane = new CommandLane("test", new Work());
    private final List<EngineSocket> sockets = new ArrayList<>();
    private KeepingModule module = new KeepingModule(engine);

    private final class Work implements LaneWork {
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
    }

    @BeforeEach
    void start() {
        channel.setBaudRate(921_600);
        engine.attach(channel, lane);
        engine.setDriver(module);
        lane.start();
    }

    @AfterEach
    void end() {
        sockets.forEach(EngineSocket::close);
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
    }

    private void play(KeepingModule other) {
        module = other;
        engine.setDriver(other);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(2));
    }

    private EngineSocket connect(AccessMode mode) throws IOException {
        EngineSocket socket = (EngineSocket) engine.create(null);
        socket.setAccessMode(mode);
        socket.connect("host", 80, 60_000);
        sockets.add(socket);
        await().until(socket::isAsked);
        module.atOnce(() -> {
            engine.events().onOpened(socket.index(), false);
        });
        await().until(() -> socket.state() == EngineSocket.State.CONNECTED);
        return socket;
    }

    /** Returns a socket that is pushed data. */
    private EngineSocket pushed() throws IOException {
        EngineSocket socket = connect(AccessMode.ADAPTIVE);
        await().until(() -> socket.receive().state() == ReceiveMode.State.PUSH);
        return socket;
    }

    /** Returns a socket that was pushed data, and now is in buffer access mode. */
    private EngineSocket buffered() throws IOException {
        EngineSocket socket = pushed();
        int readsBefore = module.reads().size();
        socket.setAccessMode(AccessMode.BUFFER);
        // The state comes before the read that it is for, which would meet what the test makes of the next one.
        await().until(() -> module.reads().size() > readsBefore);
        assertThat(socket.receive().state()).isEqualTo(ReceiveMode.State.BUFFER);
        return socket;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(EngineSocket socket, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        await().until(() -> {
            int read = socket.read(target);
            return read < 0 || !target.hasRemaining();
        });
        return new String(target.array(), 0, target.position(), StandardCharsets.ISO_8859_1);
    }

    /** Returns bytes that differ wherever one is lost, added or moved. */
    private static String stream(long from, int length) {
        StringBuilder text = new StringBuilder(length);
        for (long i = from; i < from + length; i++) {
            text.append((char) ((i * 0x9E37_79B9_7F4A_7C15L) >>> 56));
        }
        return text.toString();
    }

    // ------------------------------------------------------------------ buffer access mode

    @Test
    void whatTheModuleTellsOfIsReadUntilNothingIsLeft() throws IOException {
        EngineSocket socket = connect(AccessMode.BUFFER);
        assertThat(module.mode(0)).isEqualTo(AccessMode.BUFFER);
        String bytes = stream(0, 4000);
        module.receive(0, bytes);
        assertThat(read(socket, 4000).equals(bytes)).isTrue();
        // More, if a slow look has come as well.
        await().until(() -> module.reads().size() >= 4);
        assertThat(module.reads()).containsOnly(0);
    }

    @Test
    void aNoticeThatWasLostCostsTimeOnly() throws IOException {
        module.tells = false;
        EngineSocket socket = connect(AccessMode.BUFFER);
        module.receive(0, "unheard");
        assertThat(read(socket, 7)).isEqualTo("unheard");
    }

    @Test
    void whatIsSentIsLookedForAnAnswerTo() throws IOException {
        module.tells = false;
        EngineSocket socket = connect(AccessMode.BUFFER);
        await().until(() -> module.reads().size() >= 3);
        // By now the slow look is seconds away, and one behind a send is not.
        int before = module.reads().size();
        assertThat(socket.write(ByteBuffer.wrap(new byte[] {1}))).isOne();
        module.receive(0, "answer");
        assertThat(read(socket, 6)).isEqualTo("answer");
        assertThat(module.reads().size()).isGreaterThan(before);
    }

    @Test
    void aFullRingIsNotFilledFurtherUntilItsReaderHasMadeRoom() throws IOException {
        EngineSocket socket = connect(AccessMode.BUFFER);
        String bytes = stream(0, 40_000);
        module.receive(0, bytes);
        await().until(() -> socket.describe().bytesToRead() > RING_BYTES - 1500);
        int unread = module.unread(0);
        // Another socket's reads show that the lane goes on.
        EngineSocket other = connect(AccessMode.BUFFER);
        module.receive(1, "other");
        assertThat(read(other, 5)).isEqualTo("other");
        assertThat(module.unread(0)).isEqualTo(unread);
        assertThat(socket.describe().bytesToRead()).isLessThanOrEqualTo(RING_BYTES);
        assertThat(read(socket, 40_000).equals(bytes)).isTrue();
    }

    @Test
    void readsOfSeveralSocketsTakeTurns() throws IOException {
        for (int i = 0; i < 3; i++) {
            connect(AccessMode.BUFFER);
        }
        await().until(() -> module.reads().size() >= 3);
        AtomicInteger before = new AtomicInteger();
        module.atOnce(() -> {
            // In here, as a slow look may come at any time.
            before.set(module.reads().size());
            for (int i = 0; i < 3; i++) {
                module.receive(i, stream(0, 6000));
            }
        });
        await().until(() -> module.unread(0) + module.unread(1) + module.unread(2) == 0);
        List<Integer> reads = module.reads().subList(before.get(), before.get() + 12);
        for (int turn = 0; turn < 12; turn += 3) {
            assertThat(reads.subList(turn, turn + 3)).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void theStreamEndsBehindTheLastByteTheModuleHolds() throws IOException {
        EngineSocket socket = connect(AccessMode.BUFFER);
        String bytes = stream(0, 30_000);
        module.atOnce(() -> {
            module.receive(0, bytes);
            engine.events().onPeerClosed(0, false);
        });
        assertThat(read(socket, 40_000).equals(bytes)).isTrue();
        assertThat(socket.state()).isEqualTo(State.CONNECTED);
        assertThat(socket.describe().state()).isEqualTo(SocketInfo.State.CLOSED_BY_PEER);
    }

    @Test
    void theStreamDoesNotEndWhileTheModuleSaysThatItHasReceivedMore() throws IOException {
        play(new KeepingModule(engine) {
            private int asked;

            @Override
            public synchronized ReceiveCounters receiveCounters(int index, boolean tls) {
                // What the peer sent last comes out of the module behind the word that it has closed.
                if (++asked == 2) {
                    pushAnyway(index, "last");
                }
                ReceiveCounters counters = super.receiveCounters(index, tls);
                return asked < 2 ? new ReceiveCounters(counters.total() + 4, counters.read(), 4) : counters;
            }
        });
        EngineSocket socket = connect(AccessMode.DIRECT_PUSH);
        module.receive(0, "first");
        engine.events().onPeerClosed(0, false);
        assertThat(read(socket, 100)).isEqualTo("firstlast");
    }

    @Test
    void theStreamDoesNotEndBeforeTheLastPushThoughNothingCounts() throws IOException {
        play(new KeepingModule(engine) {
            private int asked;

            @Override
            public synchronized int read(int index, boolean tls) {
                int readBytes = super.read(index, tls);
                // What the peer sent last comes out of the module behind the word that it has closed.
                if (++asked == 2) {
                    pushAnyway(index, "last");
                }
                return readBytes;
            }
        });
        module.counts = false;
        EngineSocket socket = connect(AccessMode.DIRECT_PUSH);
        module.receive(0, "first");
        engine.events().onPeerClosed(0, false);
        assertThat(read(socket, 100)).isEqualTo("firstlast");
    }

    @Test
    void nobodyElseReadsWhatIsNotWantedAnyMore() throws IOException {
        EngineSocket socket = connect(AccessMode.BUFFER);
        module.receive(0, stream(0, 40_000));
        await().until(() -> socket.describe().bytesToRead() > RING_BYTES - 1500);
        socket.shutdownInput();
        await().until(() -> module.unread(0) == 0);
    }

    // ------------------------------------------------------------------ switching

    @Test
    void theFirstAdaptiveSocketShowsWhetherTheModuleSwitchesAndTheNextIsPushedAtOnce() throws IOException {
        EngineSocket first = pushed();
        assertThat(first.request().accessMode()).isEqualTo(AccessMode.BUFFER);
        assertThat(first.describe().accessModeInForce()).isEqualTo(AccessMode.DIRECT_PUSH);
        assertThat(first.describe().modeSwitches()).isOne();
        EngineSocket second = connect(AccessMode.ADAPTIVE);
        assertThat(second.request().accessMode()).isEqualTo(AccessMode.DIRECT_PUSH);
        assertThat(second.describe().accessMode()).isEqualTo(AccessMode.ADAPTIVE);
    }

    @Test
    void aModuleThatRefusesIsAskedOnceAndItsSocketsStayInBufferMode() throws IOException {
        module.refuses = true;
        EngineSocket first = connect(AccessMode.ADAPTIVE);
        await().until(() -> module.refusals == 1);
        EngineSocket second = connect(AccessMode.ADAPTIVE);
        for (EngineSocket socket : List.of(first, second)) {
            String bytes = stream(0, 20_000);
            module.receive(socket.index(), bytes);
            assertThat(read(socket, 20_000).equals(bytes)).isTrue();
            assertThat(socket.describe().accessModeInForce()).isEqualTo(AccessMode.BUFFER);
        }
        assertThat(module.refusals).isOne();
    }

    @Test
    void aRefusalOfAClosedSocketSaysNothingAboutTheModule() throws IOException {
        module.refuses = true;
        module.connected = false;
        long startNanos = System.nanoTime();
        EngineSocket closed = connect(AccessMode.ADAPTIVE);
        await().until(() -> module.refusals >= 1);
        module.receive(0, "last");
        assertThat(read(closed, 4)).isEqualTo("last");
        int refusals = module.refusals;
        long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertThat(refusals)
                .as("asked again and again, elapsedMillis=%d", elapsedMillis)
                .isLessThanOrEqualTo((int) (1 + elapsedMillis / ReceiveSteps.ASK_AGAIN_MILLIS));
        module.connected = true;
        module.refuses = false;
        assertThat(pushed().describe().accessModeInForce()).isEqualTo(AccessMode.DIRECT_PUSH);
    }

    @Test
    void aReaderThatFallsBehindIsMovedToBufferModeAndBack() throws IOException {
        EngineSocket socket = pushed();
        String bytes = stream(0, 60_000);
        for (int from = 0; from < 60_000; from += 1000) {
            module.receive(0, bytes.substring(from, from + 1000));
            if (from == 20_000) {
                await().until(() -> socket.describe().accessModeInForce() == AccessMode.BUFFER);
            }
        }
        assertThat(module.unread(0)).isPositive();
        assertThat(read(socket, 60_000).equals(bytes)).isTrue();
        // To push, to buffer and back; a reader that has lost the processor may fall behind once more. A switch counts
        // when the module's answer is here, and the module pushes before that.
        await().untilAsserted(() -> {
            assertThat(module.mode(0)).isEqualTo(AccessMode.DIRECT_PUSH);
            assertThat(socket.describe().modeSwitches())
                    .isGreaterThanOrEqualTo(3)
                    .isOdd();
        });
        assertThat(engine.reserve().freeBytes()).isEqualTo(RESERVE_BYTES);
    }

    @Test
    void aDirectPushSocketIsNeverMovedAndFailsAloneWhenTheReserveIsSpent() throws IOException {
        EngineSocket slow = connect(AccessMode.DIRECT_PUSH);
        EngineSocket other = connect(AccessMode.DIRECT_PUSH);
        for (int i = 0; slow.state() == State.CONNECTED; i++) {
            module.receive(0, stream(1000L * i, 1000));
        }
        assertThat(slow.failure())
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("reserveBytes=" + RESERVE_BYTES);
        assertThat(slow.describe().modeSwitches()).isZero();
        slow.close();
        await().until(() -> engine.reserve().freeBytes() == RESERVE_BYTES);
        module.receive(1, "alive");
        assertThat(read(other, 5)).isEqualTo("alive");
    }

    @ParameterizedTest
    @EnumSource(Leftovers.class)
    void whatWaitedComesBeforeWhatIsPushed(Leftovers leftovers) throws IOException {
        module.leftovers = leftovers;
        EngineSocket socket = buffered();
        String bytes = stream(0, 12_000);
        int[] given = {4000};
        module.beforeSwitchAnswer = index -> give(bytes, given, 500);
        module.beforeReadAnswer = index -> give(bytes, given, 300);
        module.atOnce(() -> {
            module.tells = false;
            module.receive(0, bytes.substring(0, 4000));
            socket.setAccessMode(AccessMode.DIRECT_PUSH);
        });
        await().until(() -> socket.receive().state() == ReceiveMode.State.PUSH);
        module.atOnce(() -> {
            module.receive(0, bytes.substring(given[0]));
            given[0] = bytes.length();
        });
        assertThat(read(socket, bytes.length()).equals(bytes)).isTrue();
    }

    private void give(String bytes, int[] given, int count) {
        int end = Math.min(bytes.length(), given[0] + count);
        module.receive(0, bytes.substring(given[0], end));
        given[0] = end;
    }

    @Test
    void framesThatComeBehindTheOkComeBeforeWhatIsRead() throws IOException {
        String bytes = stream(0, 3000);
        AtomicInteger keptBytes = new AtomicInteger(-1);
        play(new KeepingModule(engine) {
            @Override
            public synchronized ReceiveCounters receiveCounters(int index, boolean tls) {
                // The first look behind the OK: some looks later nothing is late any more.
                if (mode(index) == AccessMode.BUFFER && keptBytes.get() < 0) {
                    for (int from = 0; from < 3000; from += 300) {
                        receive(index, bytes.substring(from, from + 300));
                    }
                    keptBytes.set(unread(index));
                }
                return super.receiveCounters(index, tls);
            }
        });
        module.lateFrames = 5;
        module.tells = false;
        EngineSocket socket = pushed();
        socket.setAccessMode(AccessMode.BUFFER);
        assertThat(read(socket, 3000).equals(bytes)).isTrue();
        assertThat(keptBytes).hasValue(1500);
        assertThat(socket.receive().state()).isEqualTo(ReceiveMode.State.BUFFER);
    }

    @Test
    void aFrameThatIsPushedWhenReadingHasBegunFailsTheSocket() throws IOException {
        EngineSocket socket = buffered();
        EngineSocket other = connect(AccessMode.BUFFER);
        module.receive(0, "read");
        assertThat(read(socket, 4)).isEqualTo("read");
        module.pushAnyway(0, "pushed");
        assertThat(socket.state()).isEqualTo(State.FAILED);
        assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(10)))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("order")
                .hasMessageContaining("socket=0");
        assertThat(other.state()).isEqualTo(State.CONNECTED);
    }

    @Test
    void aFrameThatIsPushedBeforeAnyReadHasItsPlace() throws IOException {
        CountDownLatch pushed = new CountDownLatch(1);
        play(new KeepingModule(engine) {
            @Override
            public InetSocketAddress localAddress(int index, boolean tls) throws IOException {
                // Next thing when the socket is connected, so that no slow look reads before there is a frame.
                lane.submitUrgent(() -> awaitQuietly(pushed));
                return super.localAddress(index, tls);
            }
        });
        EngineSocket socket = connect(AccessMode.BUFFER);
        assertThat(socket.receive().state()).isEqualTo(ReceiveMode.State.SETTLED);
        module.pushAnyway(0, "pushed");
        pushed.countDown();
        module.receive(0, "read");
        assertThat(read(socket, 10)).isEqualTo("pushedread");
    }

    @Test
    void framesHeldForASwitchThatIsRefusedFailTheSocket() throws IOException {
        EngineSocket socket = buffered();
        module.refuses = true;
        module.beforeSwitchAnswer = index -> module.pushAnyway(index, "pushed");
        socket.setAccessMode(AccessMode.DIRECT_PUSH);
        await().until(() -> socket.state() == State.FAILED);
        assertThat(socket.failure()).hasMessageContaining("order");
    }

    @Test
    void whileFramesAreHeldTheReadsBeforeThemDoNotWaitForTheReader() throws IOException {
        module.leftovers = Leftovers.KEPT;
        EngineSocket socket = buffered();
        module.tells = false;
        String bytes = stream(0, 21_000);
        module.atOnce(() -> {
            module.receive(0, bytes.substring(0, 20_000));
            socket.setAccessMode(AccessMode.DIRECT_PUSH);
            module.beforeSwitchAnswer = index -> module.receive(index, bytes.substring(20_000));
        });
        await().until(() -> socket.describe().bytesToRead() == 21_000);
        assertThat(read(socket, 21_000).equals(bytes)).isTrue();
    }

    @Test
    void aModuleThatSaysThatDataWaitsAlthoughItPushesIsRead() throws IOException {
        EngineSocket socket = pushed();
        module.atOnce(() -> {
            module.leftovers = Leftovers.KEPT_AND_ADDED_TO;
            module.receive(0, "first");
            module.switchMode(0, false, AccessMode.BUFFER);
            module.receive(0, "second");
            module.switchMode(0, false, AccessMode.DIRECT_PUSH);
        });
        assertThat(read(socket, 11)).isEqualTo("firstsecond");
        module.receive(0, "third");
        assertThat(read(socket, 5)).isEqualTo("third");
    }

    @Test
    void everySocketIsKeptInBufferModeWhileOneHasThePort() throws IOException {
        EngineSocket pushed = pushed();
        EngineSocket slow = connect(AccessMode.DIRECT_PUSH);
        engine.receiveModes().setPushSuspended(true);
        await().until(() -> engine.receiveModes().isNothingToCome());
        assertThat(module.mode(pushed.index())).isEqualTo(AccessMode.BUFFER);
        assertThat(module.mode(slow.index())).isEqualTo(AccessMode.BUFFER);
        assertThat(connect(AccessMode.ADAPTIVE).request().accessMode()).isEqualTo(AccessMode.BUFFER);
        engine.receiveModes().setPushSuspended(false);
        await().until(() -> sockets.stream().allMatch(socket -> module.mode(socket.index()) == AccessMode.DIRECT_PUSH));
        module.receive(1, "again");
        assertThat(read(slow, 5)).isEqualTo("again");
    }

    @Test
    void whatTheModuleDoesNotHaveIsRefused() throws IOException {
        EngineSocket socket = connect(AccessMode.BUFFER);
        assertThatThrownBy(() -> socket.setAccessMode(AccessMode.TRANSPARENT))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("mode=TRANSPARENT");
        assertThat(socket.accessMode()).isEqualTo(AccessMode.BUFFER);
    }

    // ------------------------------------------------------------------ counters

    /** Counts what the test makes of it. */
    private static final class MiscountingModule extends KeepingModule {
        volatile long moreBytes;

        MiscountingModule(SocketEngine engine) {
            super(engine);
        }

        @Override
        public synchronized ReceiveCounters receiveCounters(int index, boolean tls) {
            ReceiveCounters counters = super.receiveCounters(index, tls);
            return new ReceiveCounters(counters.total() + moreBytes, counters.read() + moreBytes, counters.unread());
        }
    }

    @Test
    void aModuleThatHasHandedOverMoreThanCameFailsTheSocket() throws IOException {
        MiscountingModule miscounting = new MiscountingModule(engine);
        play(miscounting);
        EngineSocket socket = pushed();
        module.receive(0, "abc");
        switchToBufferAndBack(socket);
        miscounting.moreBytes = 3;
        socket.setAccessMode(AccessMode.BUFFER);
        await().until(() -> socket.state() == State.FAILED);
        assertThat(socket.failure()).hasMessageContaining("arrivedBytes=3, receivedByModule=6, unreadInModule=0");
    }

    private static void switchToBufferAndBack(EngineSocket socket) throws IOException {
        socket.setAccessMode(AccessMode.BUFFER);
        await().until(() -> socket.receive().state() == ReceiveMode.State.BUFFER);
        socket.setAccessMode(AccessMode.DIRECT_PUSH);
        await().until(() -> socket.receive().state() == ReceiveMode.State.PUSH);
    }

    @Test
    void countersThatNeverWereRightAreNotBelieved() throws IOException {
        MiscountingModule miscounting = new MiscountingModule(engine);
        miscounting.moreBytes = 7;
        play(miscounting);
        EngineSocket socket = pushed();
        module.receive(0, "abc");
        switchToBufferAndBack(socket);
        module.receive(0, "def");
        assertThat(read(socket, 6)).isEqualTo("abcdef");
        engine.events().onPeerClosed(0, false);
        assertThat(read(socket, 1)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void noByteIsLostOrMovedWhateverTheModuleDoes(long seed) throws Exception {
        RandomGenerator random = Seeds.random(seed);
        module.leftovers = List.of(Leftovers.PUSHED, Leftovers.KEPT, Leftovers.KEPT_AND_ADDED_TO)
                .get(random.nextInt(3));
        module.lateFrames = random.nextInt(3);
        module.countsPushed = random.nextBoolean();
        module.counts = random.nextBoolean();
        EngineSocket socket = pushed();
        int total = 200_000;
        String bytes = stream(seed, total);
        StringBuilder received = new StringBuilder();
        ByteBuffer target = ByteBuffer.allocate(16_384);
        for (int given = 0; received.length() < total; ) {
            // A module keeps no more than it has room for, and then holds its peer back.
            boolean full = engine.reserve().freeBytes() < RESERVE_BYTES / 2 || module.unread(0) > 16_000;
            int room = full ? 0 : 1 + random.nextInt(3000);
            int end = Math.min(total, given + room);
            if (end > given) {
                module.receive(0, bytes.substring(given, end));
                given = end;
            }
            if (random.nextInt(8) == 0) {
                socket.setAccessMode(List.of(AccessMode.BUFFER, AccessMode.DIRECT_PUSH, AccessMode.ADAPTIVE)
                        .get(random.nextInt(3)));
            }
            if (room == 0 || given == total || random.nextInt(3) == 0) {
                target.clear().limit(1 + random.nextInt(target.capacity()));
                socket.read(target);
                received.append(new String(target.array(), 0, target.position(), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(received.toString().equals(bytes)).as("seed=%d", seed).isTrue();
    }
}
