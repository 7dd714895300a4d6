package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.Seeds;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtException;
import io.uartnio.at.CommandLane;
import io.uartnio.at.ScriptedPort;
import io.uartnio.at.SendOutcome;
import io.uartnio.frame.Source;
import io.uartnio.module.DatagramRequest;
import io.uartnio.module.ListenRequest;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets that listen and sockets with datagrams, over a module that answers as each test says. */
class EndpointsTest {

    private static final int RING_BYTES = 1024;
    private static final int PORT_TAKEN = 556;
    private static final int NAME_UNKNOWN = 565;
    private static final int INDEX_TAKEN = 563;
    private static final long PEER = Source.of(0x0a000009, 53);
    private static final InetSocketAddress PEER_ADDRESS = EngineDatagramSocket.unpack(PEER);
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.2", 4711);

    private final Played module = new Played();
    private final List<EngineEndpoint> made = new ArrayList<>();
    private SocketEngine engine;
    private CommandLane lane;

    /** Answers opens by itself unless a test takes that over. */
    private final class Played extends PlayedModule {
        private final Queue<Integer> openCodes = new ConcurrentLinkedQueue<>();
        private final Queue<SendOutcome> outcomes = new ConcurrentLinkedQueue<>();
        private final List<String> sent = new CopyOnWriteArrayList<>();
        private final Queue<String> kept = new ConcurrentLinkedQueue<>();
        private volatile boolean silent;
        private volatile boolean connected = true;
        private final AtomicInteger keptIndexes = new AtomicInteger();
        private final List<Integer> usedAtClose = new CopyOnWriteArrayList<>();

        @Override
        public boolean canListen() {
            return true;
        }

        @Override
        public boolean hasDatagrams() {
            return true;
        }

        @Override
        public void check(DatagramRequest request) {}

        @Override
        public void listen(int index, ListenRequest request) throws IOException {
            open(index);
        }

        @Override
        public void openDatagrams(int index, DatagramRequest request) throws IOException {
            open(index);
        }

        private void open(int index) throws IOException {
            Integer code = openCodes.poll();
            if (code != null) {
                throw new AtException(
                        "refused", ModemException.Details.of("test").code(code, "code"));
            }
            if (!silent) {
                engine.events().onOpened(index, false);
            }
        }

        @Override
        public InetSocketAddress localAddress(int index, boolean tls) {
            return LOCAL;
        }

        @Override
        public boolean isPortTaken(int code) {
            return code == PORT_TAKEN;
        }

        @Override
        public boolean isNameUnknown(int code) {
            return code == NAME_UNKNOWN;
        }

        @Override
        public boolean isIndexTaken(int code) {
            return code == INDEX_TAKEN;
        }

        @Override
        public SendOutcome sendDatagram(int index, long source, byte[] payload, int length) {
            SendOutcome outcome = outcomes.poll();
            if (outcome == null || outcome == SendOutcome.TAKEN) {
                sent.add(new String(payload, 0, length, StandardCharsets.US_ASCII));
                return SendOutcome.TAKEN;
            }
            return outcome;
        }

        @Override
        public boolean readDatagram(int index) {
            String datagram = kept.poll();
            if (datagram != null) {
                byte[] payload = bytes(datagram);
                if (engine.frames().onReadDatagram(index, payload.length, PEER)) {
                    engine.frames().onPayload(payload, 0, payload.length);
                    engine.frames().onFrameEnd();
                }
            }
            return datagram != null;
        }

        @Override
        public boolean isConnected(int index, boolean tls) {
            return connected;
        }

        @Override
        public boolean close(int index, boolean tls) {
            usedAtClose.add(engine.usedIndexes());
            return keptIndexes.getAndDecrement() <= 0;
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1));
    }

    @BeforeEach
    void start() {
        start(AccessMode.DIRECT_PUSH, 60_000, RING_BYTES);
    }

    private void start(AccessMode mode, long connectMillis, int ringBytes) {
        engine = new SocketEngine(
                new EngineSettings(ringBytes, 16_384, 0, mode, connectMillis, 60_000), () -> {}, () -> {});
        lane = new CommandLane("test", new NoSends());
        engine.attach(new AtChannel(new ScriptedPort("test"), engine.frames(), () -> {}, 1_000, 1_000), lane);
        engine.setDriver(module);
        lane.start();
    }

    private void startAgain(AccessMode mode, long connectMillis, int ringBytes) {
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
        start(mode, connectMillis, ringBytes);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        made.forEach(EngineEndpoint::close);
        await().until(() -> engine.usedIndexes() == 0);
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
    }

    private EngineDatagramSocket datagrams() throws IOException {
        EngineDatagramSocket socket = (EngineDatagramSocket) engine.createDatagram();
        made.add(socket);
        socket.open(4711);
        return socket;
    }

    private EngineDatagramSocket openDatagrams() throws IOException {
        EngineDatagramSocket socket = datagrams();
        await().until(() -> socket.state() == ModuleDatagramSocket.State.OPEN);
        return socket;
    }

    private EngineServerSocket listening(int backlog) throws IOException {
        EngineServerSocket server = (EngineServerSocket) engine.createServer();
        made.add(server);
        server.listen(2020, backlog);
        await().until(() -> server.state() != ModuleServerSocket.State.OPENING);
        return server;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private boolean push(int index, long peer, byte[] payload) {
        boolean known = engine.frames().onDatagram(index, payload.length, peer);
        if (known) {
            engine.frames().onPayload(payload, 0, payload.length / 2);
            engine.frames().onPayload(payload, payload.length / 2, payload.length - payload.length / 2);
            engine.frames().onFrameEnd();
        }
        return known;
    }

    private static String receive(ModuleDatagramSocket socket) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(2048);
        return socket.receive(target) == null
                ? null
                : StandardCharsets.US_ASCII.decode(target.flip()).toString();
    }

    private void send(ModuleDatagramSocket socket, String datagram) throws IOException {
        assertThat(socket.send(ByteBuffer.wrap(bytes(datagram)), PEER_ADDRESS)).isTrue();
    }

    // ------------------------------------------------------------------ opening

    @Test
    void aSocketThatTheModuleReportsIsOpenWithItsAddress() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        assertThat(socket.localAddress()).isEqualTo(LOCAL);
        assertThat(engine.usedIndexes()).isOne();
        assertThat(engine.sockets()).hasSize(1);
    }

    @Test
    void whatTheModuleRefusesIsToldInTheWordsOfTheJdkAndGivesItsIndexBack() throws IOException {
        module.openCodes.addAll(List.of(PORT_TAKEN, NAME_UNKNOWN, 550));
        List<IOException> failures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            EngineDatagramSocket socket = datagrams();
            await().until(() -> socket.state() == ModuleDatagramSocket.State.FAILED);
            failures.add(socket.failure());
        }
        assertThat(failures.get(0)).isInstanceOf(BindException.class).hasMessageContaining("localPort=4711");
        assertThat(failures.get(1)).isInstanceOf(UnknownHostException.class);
        assertThat(failures.get(2)).isExactlyInstanceOf(IOException.class).hasCauseInstanceOf(AtException.class);
        await().until(() -> engine.usedIndexes() == 0);
    }

    @Test
    void aRefusalThatIsReportedLaterFailsItToo() throws IOException {
        module.silent = true;
        EngineServerSocket server = (EngineServerSocket) engine.createServer();
        made.add(server);
        server.listen(2020, 1);
        await().until(server::isAsked);
        engine.events().onOpenFailed(server.index(), false, PORT_TAKEN, "bind failed");
        await().until(() -> server.state() == ModuleServerSocket.State.FAILED);
        assertThat(server.failure()).isInstanceOf(BindException.class);
        assertThatThrownBy(server::accept).isSameAs(server.failure());
    }

    @Test
    void anOpenThatIsNotReportedTimesOut() throws IOException {
        startAgain(AccessMode.DIRECT_PUSH, 20, RING_BYTES);
        module.silent = true;
        EngineDatagramSocket socket = datagrams();
        await().until(() -> socket.state() == ModuleDatagramSocket.State.FAILED);
        assertThat(socket.failure())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("waitedMillis=20")
                .hasCauseInstanceOf(ModemException.class);
        await().until(() -> engine.usedIndexes() == 0);
    }

    @Test
    void anIndexThatIsAnothersIsLeftForAnotherIndexWhileSomebodyListens() throws IOException {
        listening(1);
        module.openCodes.add(INDEX_TAKEN);
        EngineDatagramSocket socket = openDatagrams();
        assertThat(socket.index()).isEqualTo(2);
    }

    @Test
    void whatIsReportedOfASocketThatWasNotAskedForIsCounted() throws IOException {
        long before = engine.strayCount();
        engine.events().onOpened(3, false);
        engine.events().onOpenFailed(3, false, PORT_TAKEN, "bind failed");
        engine.events().onDataWaiting(3, false);
        assertThat(push(3, PEER, bytes("lost"))).isFalse();
        assertThat(engine.strayCount()).isEqualTo(before + 4);
        engine.events().onDataWaiting(listening(1).index(), false);
        assertThat(engine.strayCount()).isEqualTo(before + 5);
    }

    // ------------------------------------------------------------------ the end

    @Test
    void aSocketThatTheModuleClosesFailsBehindWhatHasArrived() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        push(socket.index(), PEER, bytes("before"));
        engine.events().onPeerClosed(socket.index(), false);
        assertThat(socket.state()).isEqualTo(ModuleDatagramSocket.State.FAILED);
        assertThat(receive(socket)).isEqualTo("before");
        assertThatThrownBy(() -> receive(socket))
                .isSameAs(socket.failure())
                .hasMessageContaining("module has closed the socket");
        await().until(() -> engine.usedIndexes() == 0);
    }

    @Test
    void anIndexThatTheModuleKeepsIsClosedAgainBeforeItIsGivenToAnybody() throws IOException {
        module.keptIndexes.set(1);
        EngineDatagramSocket socket = openDatagrams();
        socket.close();
        await().until(() -> engine.usedIndexes() == 0);
        assertThat(module.usedAtClose).containsExactly(1, 1);
    }

    @Test
    void aClosedSocketStillSendsWhatItHasTakenAndTakesNothingMore() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        module.outcomes.addAll(List.of(SendOutcome.BUFFER_FULL, SendOutcome.BUFFER_FULL));
        send(socket, "one");
        send(socket, "two");
        socket.close();
        assertThatThrownBy(() -> send(socket, "three")).isInstanceOf(ClosedChannelException.class);
        await().until(() -> engine.usedIndexes() == 0);
        assertThat(module.sent).containsExactly("one", "two");
    }

    @Test
    void whoWaitsForAChangeIsWokenByTheEnd() throws Exception {
        EngineDatagramSocket socket = openDatagrams();
        long stamp = socket.changeStamp();
        Thread waiter = new Thread(() -> socket.awaitChange(stamp, Long.MAX_VALUE));
        waiter.start();
        engine.failAll(new IOException("port lost"));
        waiter.join(20_000);
        assertThat(waiter.isAlive()).isFalse();
        // As the lane does when the module is known to have forgotten them.
        engine.freeAll();
    }

    // ------------------------------------------------------------------ datagrams

    @Test
    void aDatagramThatTheModuleHasNoRoomForIsOfferedAgainAndTheOrderIsKept() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        module.outcomes.addAll(List.of(SendOutcome.BUFFER_FULL, SendOutcome.TAKEN, SendOutcome.BUFFER_FULL));
        for (String datagram : List.of("one", "two", "three")) {
            send(socket, datagram);
        }
        await().until(() -> socket.datagramsUnsent() == 0);
        assertThat(module.sent).containsExactly("one", "two", "three");
        assertThat(socket.pollSendFailure()).isNull();
    }

    @Test
    void aDatagramThatIsRefusedIsToldOnceAndTheNextOnesLeave() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        module.outcomes.add(SendOutcome.REFUSED);
        send(socket, "refused");
        send(socket, "next");
        await().until(() -> socket.datagramsUnsent() == 0);
        assertThat(socket.pollSendFailure()).isNotNull();
        assertThat(socket.pollSendFailure()).isNull();
        assertThat(module.sent).containsExactly("next");
        assertThat(socket.state()).isEqualTo(ModuleDatagramSocket.State.OPEN);
    }

    @Test
    void aDatagramThatIsRefusedByASocketThatTheModuleDoesNotKnowFailsTheSocket() throws IOException {
        EngineDatagramSocket socket = openDatagrams();
        module.connected = false;
        module.outcomes.add(SendOutcome.REFUSED);
        send(socket, "refused");
        await().until(() -> socket.state() == ModuleDatagramSocket.State.FAILED);
        assertThatThrownBy(() -> send(socket, "next")).isSameAs(socket.failure());
    }

    @Test
    void inBufferAccessModeWhatTheModuleKeepsIsReadUntilNothingIsLeft() throws IOException {
        // Room for the longest datagram, or nothing is asked for.
        startAgain(AccessMode.BUFFER, 60_000, 4096);
        EngineDatagramSocket socket = openDatagrams();
        module.kept.addAll(List.of("one", "two", "three"));
        engine.events().onDataWaiting(socket.index(), false);
        for (String datagram : List.of("one", "two", "three")) {
            await().until(socket::isReadable);
            assertThat(receive(socket)).isEqualTo(datagram);
        }
        assertThat(receive(socket)).isNull();
    }

    /** One socket as it should be: what it keeps of what it was sent, and in which order. */
    private static final class Model {
        private final EngineDatagramSocket socket;
        private final ArrayDeque<String> kept = new ArrayDeque<>();
        private long wantedPeer = Source.NONE;
        private long dropped;

        Model(EngineDatagramSocket socket) {
            this.socket = socket;
        }

        void arrive(long peer, String datagram) {
            int usedBytes = kept.stream().mapToInt(each -> each.length() + 12).sum();
            boolean wanted = wantedPeer == Source.NONE || wantedPeer == peer;
            if (wanted && usedBytes + datagram.length() + 12 <= RING_BYTES) {
                kept.add(datagram);
            } else {
                dropped++;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void everySocketGetsItsDatagramsWholeInOrderAndNobodyElses(long seed) throws IOException {
        RandomGenerator random = Seeds.random(seed);
        List<Model> models = new ArrayList<>();
        int strays = 0;
        long straysBefore = engine.strayCount();
        for (int step = 0; step < 2_000; step++) {
            String where = "seed=" + seed + ", step=" + step;
            Model model = models.isEmpty() ? null : models.get(random.nextInt(models.size()));
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (models.size() < 6) {
                        models.add(new Model(openDatagrams()));
                    }
                }
                case 1 -> {
                    if (model != null && random.nextInt(6) == 0) {
                        int before = engine.usedIndexes();
                        model.socket.close();
                        await().until(() -> engine.usedIndexes() < before);
                        models.remove(model);
                    }
                }
                case 2 -> {
                    if (model != null) {
                        model.wantedPeer = random.nextBoolean() ? Source.NONE : PEER + random.nextInt(3);
                        model.kept.clear();
                        model.socket.setPeer(
                                model.wantedPeer == Source.NONE ? null : EngineDatagramSocket.unpack(model.wantedPeer));
                    }
                }
                case 3, 4, 5, 6 -> {
                    if (model != null) {
                        assertThat(receive(model.socket)).as(where).isEqualTo(model.kept.poll());
                    }
                }
                default -> {
                    int index = random.nextInt(12);
                    long peer = PEER + random.nextInt(3);
                    String datagram = (step + " ").repeat(random.nextInt(60));
                    Model of = models.stream()
                            .filter(each -> each.socket.index() == index)
                            .findFirst()
                            .orElse(null);
                    assertThat(push(index, peer, bytes(datagram))).as(where).isEqualTo(of != null);
                    if (of == null) {
                        strays++;
                    } else {
                        of.arrive(peer, datagram);
                        assertThat(of.socket.droppedDatagrams()).as(where).isEqualTo(of.dropped);
                    }
                }
            }
            assertThat(engine.usedIndexes()).as(where).isEqualTo(models.size());
        }
        assertThat(engine.strayCount() - straysBefore).as("seed=%d", seed).isEqualTo(strays);
        for (Model model : models) {
            while (!model.kept.isEmpty()) {
                assertThat(receive(model.socket)).as("seed=%d", seed).isEqualTo(model.kept.poll());
            }
            assertThat(receive(model.socket)).as("seed=%d", seed).isNull();
        }
    }

    // ------------------------------------------------------------------ listening

    @Test
    void acceptedConnectionsWaitInOrderAsFarAsThereIsRoomAndTheRestIsClosedAndCounted() throws IOException {
        EngineServerSocket server = listening(2);
        for (int index = 11; index > 8; index--) {
            engine.events().onAccepted(server.index(), index, PEER + index);
        }
        assertThat(server.refusedConnections()).isOne();
        ModuleServerSocket.Accepted first = server.accept();
        ModuleServerSocket.Accepted second = server.accept();
        assertThat(first.socket().index()).isEqualTo(11);
        assertThat(first.remote()).isEqualTo(EngineDatagramSocket.unpack(PEER + 11));
        assertThat(second.socket().index()).isEqualTo(10);
        assertThat(server.accept()).isNull();
        await().until(() -> engine.usedIndexes() == 3);
        first.socket().close();
        second.socket().close();
    }

    @Test
    void whatNobodyHasAcceptedEndsWithAListenerThatIsClosedAndOutlivesOneThatHasFailed() throws IOException {
        EngineServerSocket closed = listening(2);
        engine.events().onAccepted(closed.index(), 11, PEER);
        closed.close();
        await().until(() -> engine.usedIndexes() == 0);

        EngineServerSocket failed = listening(2);
        engine.events().onAccepted(failed.index(), 11, PEER);
        failed.failAndRelease(new IOException("lost"));
        ModuleSocket left = failed.accept().socket();
        assertThat(left.state()).isEqualTo(ModuleSocket.State.CONNECTED);
        assertThatThrownBy(failed::accept).hasMessage("lost");
        left.close();
    }

    @Test
    void aConnectionThatNoListenerHasIsClosed() {
        long before = engine.strayCount();
        engine.events().onAccepted(0, 11, PEER);
        assertThat(engine.strayCount()).isEqualTo(before + 1);
        await().until(() -> engine.usedIndexes() == 0);
        assertThat(module.usedAtClose).containsExactly(1);
    }

    @Test
    void whoIsBeingOpenedUnderTheIndexOfAnAcceptedConnectionIsOpenedUnderAnother() throws IOException {
        EngineServerSocket server = listening(2);
        module.silent = true;
        EngineDatagramSocket socket = datagrams();
        await().until(socket::isAsked);
        int index = socket.index();
        engine.events().onAccepted(server.index(), index, PEER);
        await().until(socket::isAsked);
        assertThat(socket.index()).isNotEqualTo(index);
        engine.events().onOpened(socket.index(), false);
        await().until(() -> socket.state() == ModuleDatagramSocket.State.OPEN);
        server.accept().socket().close();
    }
}
