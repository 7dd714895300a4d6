package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.ModemSocketOptions;
import io.uartnio.SocketInfo;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.Leftovers;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One socket has the port to itself: over a pseudo-terminal, which has no control lines, and over the line in memory,
 * which has them all. {@code -Duartnio.transparentMiB=20} is the long form.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransparentTest {

    private static final int MIXTURE_BYTES = Integer.getInteger("uartnio.transparentMiB", 1) << 20;
    private static final int SILENCES = 3;

    /** What the modem's port is. */
    private enum Line {
        TERMINAL,
        MEMORY;

        ModuleEmulator start(EmulatorBuilder builder) throws IOException {
            return this == TERMINAL ? builder.start() : builder.startInMemory();
        }

        Modem.Builder modem(ModuleEmulator emulator) {
            return this == TERMINAL ? Bench.modem(emulator) : Bench.modem().port(new MemoryUartPort(emulator.line()));
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(5));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static SocketChannel connect(SelectorProvider provider, int port, AccessMode mode) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        channel.setOption(ModemSocketOptions.ACCESS_MODE, mode);
        channel.connect(Bench.at(port));
        return channel;
    }

    private static SocketChannel transparent(Modem modem, int port) throws IOException {
        SocketChannel channel = connect(modem.selectorProvider(), port, AccessMode.TRANSPARENT);
        await().until(() -> isTransparent(modem));
        return channel;
    }

    private static boolean isTransparent(Modem modem) {
        return modem.sockets().stream().anyMatch(info -> info.accessModeInForce() == AccessMode.TRANSPARENT);
    }

    private static void echo(SocketChannel channel, String text) throws IOException {
        Bench.writeFully(channel, bytes(text));
        assertThat(new String(Bench.readFully(channel, text.length()), StandardCharsets.ISO_8859_1))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void everythingIsPayload(Line line) throws Exception {
        try (PeerServer server = new PeerServer(Mixture::serve);
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open();
                SocketChannel channel = transparent(modem, server.port())) {
            Mixture.exchange(channel, 4711, MIXTURE_BYTES, SILENCES);
            assertThat(modem.sockets()).singleElement().satisfies(info -> {
                assertThat(info.state()).isEqualTo(SocketInfo.State.CLOSED_BY_PEER);
                assertThat(info.bytesReceived()).isEqualTo(MIXTURE_BYTES + 32L);
            });
            try (SocketChannel next = Bench.connect(modem.selectorProvider(), server.port())) {
                Mixture.exchange(next, 1, 100_000, 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void whatLooksLikeTheWayOutIsPayload(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open();
                SocketChannel channel = transparent(modem, echo.port())) {
            for (String text : List.of("+++", "\r\nNO CARRIER\r\n", "\r\nRDY\r\n", "\r\nOK\r\n", "and on")) {
                echo(channel, text);
            }
            await().until(() -> isTransparent(modem));
            assertThat(modem.sockets().get(0).state()).isEqualTo(SocketInfo.State.CONNECTED);
        }
    }

    @Test
    void everythingIsPayloadOfTlsByTheModule(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.create(KeyKind.EC, Bench.HOST);
        try (PeerServer server = new PeerServer(certificates.serverContext(), Mixture::serve);
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Line.TERMINAL
                        .modem(emulator)
                        .tls(Bench.trusting(certificates.writeAuthority(directory)))
                        .open();
                SocketChannel channel = connect(modem.tlsSelectorProvider(), server.port(), AccessMode.TRANSPARENT)) {
            await().until(() -> isTransparent(modem));
            Mixture.exchange(channel, 42, 200_000, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void othersWaitAndGoOnAfterwards(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open();
                SocketChannel pushed = Bench.connect(modem.selectorProvider(), echo.port());
                SocketChannel buffered = connect(modem.selectorProvider(), echo.port(), AccessMode.BUFFER)) {
            echo(pushed, "before");
            // Not read yet: the entry has to see to it.
            Bench.writeFully(buffered, bytes("unread"));
            SocketChannel owner = transparent(modem, echo.port());
            echo(owner, "\r\nOK\r\n");
            Bench.writeFully(pushed, bytes("meanwhile"));
            assertThatThrownBy(() -> connect(modem.selectorProvider(), echo.port(), AccessMode.TRANSPARENT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another socket has the port to itself");
            try (SocketChannel late = modem.selectorProvider().openSocketChannel()) {
                assertThatThrownBy(() -> late.socket().connect(Bench.at(echo.port()), 300))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            echo(owner, "still here");
            assertThat(isTransparent(modem)).isTrue();
            owner.close();
            assertThat(new String(Bench.readFully(pushed, 9), StandardCharsets.US_ASCII))
                    .isEqualTo("meanwhile");
            assertThat(new String(Bench.readFully(buffered, 6), StandardCharsets.US_ASCII))
                    .isEqualTo("unread");
            echo(buffered, "behind");
            await().untilAsserted(() -> assertThat(modem.sockets())
                    .extracting(SocketInfo::accessModeInForce)
                    .containsExactlyInAnyOrder(AccessMode.DIRECT_PUSH, AccessMode.BUFFER));
            await().until(() -> echo.openConnections() == 2);
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void aPeerThatClosesMeanwhileIsSeenAfterwards(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                PeerServer closing = new PeerServer(connection -> {
                    connection.getInputStream().read();
                    connection.getOutputStream().write(bytes("bye"));
                });
                ModuleEmulator emulator = line.start(Bench.emulator().urcsLostInDataMode(true));
                Modem modem = line.modem(emulator).open();
                SocketChannel other = Bench.connect(modem.selectorProvider(), closing.port())) {
            SocketChannel owner = transparent(modem, echo.port());
            // Its command waits, so the peer answers and closes once the port is everybody's again.
            Bench.writeFully(other, bytes("x"));
            echo(owner, "alone");
            owner.close();
            assertThat(new String(Bench.readFully(other, 3), StandardCharsets.US_ASCII))
                    .isEqualTo("bye");
            assertThat(other.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void theModeIsSwitchedToAndFroInTheMiddleOfAStream(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open();
                SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port())) {
            await().until(() -> modem.sockets().get(0).accessModeInForce() == AccessMode.DIRECT_PUSH);
            long switches = modem.sockets().get(0).modeSwitches();
            for (int round = 0; round < 2; round++) {
                channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
                echo(channel, "on the way in " + round + "+++");
                await().until(() -> isTransparent(modem));
                echo(channel, "transparent " + round + "\r\n");
                channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.ADAPTIVE);
                echo(channel, "on the way out " + round);
                await().until(() -> modem.sockets().get(0).accessModeInForce() == AccessMode.DIRECT_PUSH);
                echo(channel, "pushed " + round);
                // To buffer mode, in, out, and on to direct push.
                assertThat(modem.sockets().get(0).modeSwitches() - switches).isEqualTo(4);
                switches = modem.sockets().get(0).modeSwitches();
            }
        }
    }

    @Test
    void whatAModuleKeepsAtTheSwitchComesFirst() throws Exception {
        try (EndlessServer server = new EndlessServer();
                ModuleEmulator emulator =
                        Bench.emulator().leftovers(Leftovers.KEPT).startInMemory();
                Modem modem = Line.MEMORY.modem(emulator).open();
                Download download = Download.start(modem.selectorProvider(), server.port(), 7)) {
            // Its sender never pauses, so there may be no moment for it; in any case nothing is lost or out of order.
            download.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            long received = download.receivedBytes();
            await().until(() -> download.receivedBytes() > received + 1_000_000);
            download.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
            await().until(() -> modem.sockets().get(0).accessModeInForce() == AccessMode.BUFFER);
            server.stop();
            download.verify(60);
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void aReaderThatSleepsHoldsItsSenderBack(Line line) throws Exception {
        try (EndlessServer server = new EndlessServer();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).reserveBytes(64 << 10).open();
                Download download =
                        Download.start(modem.selectorProvider(), server.port(), 3, AccessMode.TRANSPARENT)) {
            await().until(() -> isTransparent(modem));
            download.sleep();
            await().until(() -> emulator.counters().isHeldBack(0));
            assertThat(modem.sockets().get(0).bytesToRead()).isLessThanOrEqualTo(128 << 10);
            assertThat(isTransparent(modem)).isTrue();
            download.wake();
            long received = download.receivedBytes();
            await().until(() -> download.receivedBytes() > received + 1_000_000);
            server.stop();
            download.verify(60);
            assertThat(emulator.counters().bytesOverrun()).isZero();
        }
    }

    @Test
    void aPortThatCannotHoldTheLineIsLeftWhileNobodyReads() throws Exception {
        try (EndlessServer server = new EndlessServer();
                ModuleEmulator emulator = Bench.emulator().baudRate(460_800).startInMemory();
                Modem modem = Bench.modem()
                        .port(new UnstoppablePort(new MemoryUartPort(emulator.line())))
                        .baudRate(460_800)
                        .reserveBytes(512 << 10)
                        .open();
                Download download =
                        Download.start(modem.selectorProvider(), server.port(), 3, AccessMode.TRANSPARENT)) {
            await().until(() -> isTransparent(modem));
            download.sleep();
            await().until(() -> !isTransparent(modem));
            await().until(() -> emulator.counters().isHeldBack(0));
            download.wake();
            server.stop();
            download.verify(60);
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void closingTheModemLeaves(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator())) {
            try (Modem modem = line.modem(emulator).open()) {
                echo(transparent(modem, echo.port()), "one");
            }
            await().until(() -> echo.openConnections() == 0);
            // The module is found at once, in command mode and with all its sockets free.
            try (Modem modem = line.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void whatWasWrittenLeavesBeforeTheClose(Line line) throws Exception {
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        try (PeerServer server = new PeerServer(connection ->
                        received.complete(connection.getInputStream().readAllBytes()));
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open()) {
            byte[] content = bytes("+++".repeat(5_000) + "x+++");
            SocketChannel channel = transparent(modem, server.port());
            Bench.writeFully(channel, content);
            channel.close();
            assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(content);
            await().until(() -> modem.sockets().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void aModuleThatRefusesKeepsTheSocketInBufferMode(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open()) {
            emulator.refuseModeSwitches(true);
            try (SocketChannel channel = connect(modem.selectorProvider(), echo.port(), AccessMode.TRANSPARENT)) {
                echo(channel, "all the same");
                assertThat(isTransparent(modem)).isFalse();
                await().until(() -> emulator.counters().commands("+QISWTMD") == 1);
                channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
                echo(channel, "asked once");
                assertRefused(channel);
                echo(channel, "and still");
            }
        }
    }

    private static void assertRefused(SocketChannel channel) throws IOException {
        assertThatThrownBy(() -> channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("refuses to move a connected socket to transparent access mode");
        assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.BUFFER);
    }

    @ParameterizedTest
    @EnumSource(Line.class)
    void aPortThatIsLostFailsTheStream(Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open();
                SocketChannel channel = transparent(modem, echo.port())) {
            echo(channel, "one");
            emulator.restart();
            // The restart's banner is lines of text behind which silence follows.
            assertThatThrownBy(() -> Bench.readFully(channel, 1_000)).isInstanceOf(IOException.class);
        }
    }

    // ------------------------------------------------------------------ beside servers and datagrams

    /** What the module may push something to, without being asked. */
    private enum Service {
        SERVER,
        DATAGRAMS;

        SelectableChannel open(Modem modem) throws IOException {
            SelectorProvider provider = modem.selectorProvider();
            return this == SERVER
                    ? provider.openServerSocketChannel().bind(null)
                    : provider.openDatagramChannel().bind(null);
        }

        /** Has somebody connect to it, or send to it, and sees that it gets there. */
        void use(ModuleEmulator emulator, SelectableChannel service) throws IOException {
            InetAddress here = InetAddress.getLoopbackAddress();
            if (service instanceof ServerSocketChannel server) {
                int port = emulator.listeningPort(server.socket().getLocalPort());
                try (SocketChannel peer = SocketChannel.open(new InetSocketAddress(here, port));
                        SocketChannel accepted = server.accept()) {
                    Bench.writeFully(peer, bytes("to the server"));
                    assertThat(Bench.readFully(accepted, 13)).isEqualTo(bytes("to the server"));
                }
            } else {
                DatagramChannel channel = (DatagramChannel) service;
                try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(here, 0))) {
                    sendTo(emulator, channel, peer, "datagram");
                    assertThat(channel.receive(ByteBuffer.allocate(100))).isEqualTo(peer.getLocalSocketAddress());
                }
            }
        }
    }

    private static void sendTo(ModuleEmulator emulator, DatagramChannel channel, DatagramSocket peer, String content)
            throws IOException {
        int port = emulator.datagramPort(channel.socket().getLocalPort());
        peer.send(new DatagramPacket(
                bytes(content), content.length(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void thePortIsNotGivenAwayWhileTheModuleMayPushToAnother(Service kind) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Line.MEMORY.start(Bench.emulator());
                Modem modem = Line.MEMORY.modem(emulator).open();
                SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port())) {
            try (SelectableChannel service = kind.open(modem)) {
                assertThatThrownBy(() -> connect(modem.selectorProvider(), echo.port(), AccessMode.TRANSPARENT))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("port cannot be one socket's own");
                AccessMode before = channel.getOption(ModemSocketOptions.ACCESS_MODE);
                assertThatThrownBy(() -> channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("port cannot be one socket's own");
                assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(before);
                kind.use(emulator, service);
                echo(channel, "not disturbed");
            }
            // At once: who is closed but not yet in the module is waited for.
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            await().until(() -> isTransparent(modem));
            echo(channel, "\r\nOK\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"SERVER,TERMINAL", "DATAGRAMS,TERMINAL", "SERVER,MEMORY", "DATAGRAMS,MEMORY"})
    void whatIsBoundWhileThePortIsOnesOwnWaitsForThePort(Service kind, Line line) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = line.start(Bench.emulator());
                Modem modem = line.modem(emulator).open()) {
            SocketChannel owner = transparent(modem, echo.port());
            CompletableFuture<SelectableChannel> bound = binding(kind, modem);
            echo(owner, "undisturbed");
            assertThat(bound).isNotDone();
            assertThat(isTransparent(modem)).isTrue();
            owner.close();
            try (SelectableChannel service = bound.get(1, TimeUnit.MINUTES)) {
                kind.use(emulator, service);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void whatIsBoundWhileTheOwnerToBeConnectsWaitsToo(Service kind) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Line.MEMORY.start(Bench.emulator());
                Modem modem = Line.MEMORY.modem(emulator).open();
                SocketChannel owner = modem.selectorProvider().openSocketChannel()) {
            emulator.connectDelay(Duration.ofSeconds(1));
            owner.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            owner.configureBlocking(false);
            owner.connect(Bench.at(echo.port()));
            CompletableFuture<SelectableChannel> bound = binding(kind, modem);
            await().until(() -> owner.finishConnect());
            await().until(() -> isTransparent(modem));
            owner.configureBlocking(true);
            echo(owner, "mine first");
            assertThat(bound).isNotDone();
            owner.close();
            try (SelectableChannel service = bound.get(1, TimeUnit.MINUTES)) {
                kind.use(emulator, service);
            }
        }
    }

    /** Binds in a thread of its own. */
    private static CompletableFuture<SelectableChannel> binding(Service kind, Modem modem) {
        CompletableFuture<SelectableChannel> bound = new CompletableFuture<>();
        Thread binding = new Thread(() -> {
            try {
                bound.complete(kind.open(modem));
            } catch (IOException e) {
                bound.completeExceptionally(e);
            }
        });
        binding.setDaemon(true);
        binding.start();
        await().until(() -> modem.sockets().size() == 2);
        return bound;
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void whatIsBoundWhileThePortIsOnesOwnWaitsNoLongerThanAConnect(Service kind) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Line.MEMORY.start(Bench.emulator());
                Modem modem = Line.MEMORY
                        .modem(emulator)
                        .connectTimeout(Duration.ofSeconds(8))
                        .open();
                SocketChannel owner = transparent(modem, echo.port())) {
            assertThatThrownBy(() -> kind.open(modem))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("open timed out");
            echo(owner, "still mine");
            assertThat(isTransparent(modem)).isTrue();
            owner.close();
            await().until(() -> modem.sockets().isEmpty());
            try (SelectableChannel service = kind.open(modem)) {
                kind.use(emulator, service);
            }
        }
    }

    /** In buffer access mode nothing is pushed, so both can be had; what came meanwhile is read, told of or not. */
    @ParameterizedTest
    @CsvSource({"TERMINAL,true", "TERMINAL,false", "MEMORY,true", "MEMORY,false"})
    void datagramsInBufferAccessModeWaitInTheModule(Line line, boolean urcsLost) throws Exception {
        CompletableFuture<Void> datagramsSent = new CompletableFuture<>();
        try (PeerServer server = new PeerServer(connection -> {
                    connection.getOutputStream().write(bytes("before"));
                    datagramsSent.join();
                    connection.getOutputStream().write(bytes("behind"));
                });
                ModuleEmulator emulator = line.start(Bench.emulator().urcsLostInDataMode(urcsLost));
                Modem modem = line.modem(emulator).accessMode(AccessMode.BUFFER).open();
                DatagramChannel datagrams =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel owner = connect(modem.selectorProvider(), server.port(), AccessMode.TRANSPARENT)) {
            assertThat(Bench.readFully(owner, 6)).isEqualTo(bytes("before"));
            await().until(() -> isTransparent(modem));
            sendTo(emulator, datagrams, peer, "\r\nOK\r\n\u0000\u00ff");
            sendTo(emulator, datagrams, peer, "second");
            datagramsSent.complete(null);
            assertThat(Bench.readFully(owner, 6)).isEqualTo(bytes("behind"));
            assertThat(owner.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            ByteBuffer target = ByteBuffer.allocate(100);
            datagrams.receive(target);
            assertThat(Arrays.copyOf(target.array(), target.position())).isEqualTo(bytes("\r\nOK\r\n\u0000\u00ff"));
            datagrams.receive(target.clear());
            assertThat(Arrays.copyOf(target.array(), target.position())).isEqualTo(bytes("second"));
        }
    }
}
