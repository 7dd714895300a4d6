package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a module serves: connections that it accepts by itself, and datagrams. */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServersAndDatagramsTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static ServerSocketChannel listen(Modem modem) throws IOException {
        return modem.selectorProvider().openServerSocketChannel().bind(null);
    }

    private static SocketChannel connect(ModuleEmulator emulator, ServerSocketChannel server) throws IOException {
        int port = emulator.listeningPort(server.socket().getLocalPort());
        return SocketChannel.open(new InetSocketAddress(LOOPBACK, port));
    }

    private static DatagramSocket peer() throws IOException {
        DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        peer.setSoTimeout(60_000);
        return peer;
    }

    private static void send(DatagramSocket peer, ModuleEmulator emulator, DatagramChannel channel, byte[] content)
            throws IOException {
        int port = emulator.datagramPort(channel.socket().getLocalPort());
        peer.send(new DatagramPacket(content, content.length, LOOPBACK, port));
    }

    private static DatagramPacket receive(DatagramSocket peer) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        peer.receive(packet);
        return packet;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    // ------------------------------------------------------------------ accepted connections

    /** Both readings of the manual, and an index that is announced late. */
    @ParameterizedTest
    @CsvSource({"true,ADAPTIVE,0", "false,ADAPTIVE,30", "false,DIRECT_PUSH,0", "true,BUFFER,30", "false,BUFFER,0"})
    void acceptedConnectionsCarryBulkBothWays(boolean buffer, AccessMode mode, long delayMillis) throws Exception {
        byte[] content = random(200_000);
        try (ModuleEmulator emulator = Bench.emulator()
                        .incomingInBufferMode(buffer)
                        .incomingDelay(Duration.ofMillis(delayMillis))
                        .start();
                Modem modem = Bench.modem(emulator).accessMode(mode).open();
                ServerSocketChannel server = listen(modem)) {
            List<Future<byte[]>> far = new ArrayList<>();
            List<Future<byte[]>> near = new ArrayList<>();
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SocketChannel peer = connect(emulator, server);
                SocketChannel accepted = server.accept();
                far.add(threads.submit(() -> Bench.readFully(peer, content.length)));
                near.add(threads.submit(() -> Bench.readFully(accepted, content.length)));
                writers.add(threads.submit(() -> {
                    Bench.writeFully(peer, content);
                    return null;
                }));
                writers.add(threads.submit(() -> {
                    Bench.writeFully(accepted, content);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            for (Future<byte[]> one : far) {
                assertThat(one.get()).isEqualTo(content);
            }
            for (Future<byte[]> one : near) {
                assertThat(one.get()).isEqualTo(content);
            }
        }
    }

    @Test
    void moreThanTheBacklogAreClosed() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = modem.selectorProvider().openServerSocketChannel()) {
            server.bind(null, 2);
            List<SocketChannel> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(connect(emulator, server));
            }
            assertThat(peers.get(2).read(ByteBuffer.allocate(1))).isEqualTo(-1);
            for (int i = 0; i < 2; i++) {
                try (SocketChannel accepted = server.accept()) {
                    assertThat(accepted.getRemoteAddress())
                            .isEqualTo(peers.get(i).getLocalAddress());
                }
            }
            server.configureBlocking(false);
            assertThat(server.accept()).isNull();
        }
    }

    /** The module gives away the index that is just being asked for, and tells of it too late. */
    @ParameterizedTest
    @CsvSource({"false,300", "true,300", "false,0", "true,0"})
    void anIndexThatTheModuleHasGivenAwayIsLeftToItsConnection(boolean failedOpenKeepsId, long delayMillis)
            throws Exception {
        EmulatorBuilder builder = Bench.emulator().incomingIdsFromBottom(true).failedOpenKeepsId(failedOpenKeepsId);
        try (ModuleEmulator emulator =
                        builder.incomingDelay(Duration.ofMillis(delayMillis)).start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = listen(modem)) {
            for (int round = 0; round < 3; round++) {
                List<SocketChannel> all = new ArrayList<>();
                List<SocketChannel> peers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    peers.add(connect(emulator, server));
                    SocketChannel client = Bench.connect(modem.selectorProvider(), echo.port());
                    Bench.writeFully(client, bytes("client"));
                    assertThat(Bench.readFully(client, 6)).isEqualTo(bytes("client"));
                    all.add(client);
                }
                for (SocketChannel peer : peers) {
                    SocketChannel accepted = server.accept();
                    assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
                    Bench.writeFully(peer, bytes("server"));
                    assertThat(Bench.readFully(accepted, 6)).isEqualTo(bytes("server"));
                    all.add(accepted);
                }
                for (SocketChannel channel : all) {
                    channel.close();
                }
                for (SocketChannel peer : peers) {
                    peer.close();
                }
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> modem.sockets().size() == 1);
            }
        }
    }

    @Test
    void whenTheModuleIsFullItRefusesAndLaterGoesOn() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = listen(modem)) {
            for (int round = 0; round < 3; round++) {
                List<SocketChannel> channels = new ArrayList<>();
                for (int i = 0; i < Bench.MAX_SOCKETS - 1; i++) {
                    channels.add(connect(emulator, server));
                    channels.add(server.accept());
                }
                assertThat(modem.sockets()).hasSize(Bench.MAX_SOCKETS);
                try (SocketChannel refused = connect(emulator, server)) {
                    assertThat(refused.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                }
                assertThatThrownBy(() -> Bench.connect(modem.selectorProvider(), 9))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("no socket is free");
                for (SocketChannel channel : channels) {
                    channel.close();
                }
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> modem.sockets().size() == 1);
            }
        }
    }

    @Test
    void socketsAreShown() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = listen(modem);
                DatagramChannel datagrams =
                        modem.selectorProvider().openDatagramChannel().bind(new InetSocketAddress(5353));
                SocketChannel peer = connect(emulator, server);
                SocketChannel accepted = server.accept()) {
            assertThat(modem.sockets())
                    .extracting(SocketInfo::kind)
                    .containsExactly(SocketInfo.Kind.LISTENER, SocketInfo.Kind.DATAGRAM, SocketInfo.Kind.ACCEPTED);
            assertThat(modem.sockets())
                    .extracting(SocketInfo::state)
                    .containsExactly(
                            SocketInfo.State.LISTENING, SocketInfo.State.CONNECTED, SocketInfo.State.CONNECTED);
            assertThat(modem.sockets().get(1).port()).isEqualTo(5353);
            assertThat(modem.sockets().get(2).port()).isEqualTo(((InetSocketAddress) peer.getLocalAddress()).getPort());
            assertThat(accepted.toString()).contains("index=11");
            assertThat(datagrams.toString()).contains("index=1");
        }
    }

    @Test
    void whoConnectsWhileTheListenerIsClosedKeepsNoIndex() throws Exception {
        try (ModuleEmulator emulator =
                        Bench.emulator().incomingDelay(Duration.ofMillis(200)).start();
                Modem modem = Bench.modem(emulator).open()) {
            ServerSocketChannel server = listen(modem);
            try (SocketChannel peer = connect(emulator, server)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> emulator.counters().currentSockets() == 2);
                server.close();
                assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> emulator.counters().currentSockets() == 0);
            }
        }
    }

    // ------------------------------------------------------------------ loss

    /** How everything is lost at once. */
    enum Loss {
        RESTART,
        CONTEXT;

        void happen(ModuleEmulator emulator) {
            if (this == RESTART) {
                emulator.restart();
            } else {
                emulator.pdpDeactivated(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aLossFailsListenersAndDatagramsAndTheyCanBeHadAgain(Loss loss) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = listen(modem);
                DatagramChannel datagrams =
                        modem.selectorProvider().openDatagramChannel().bind(null)) {
            Future<Throwable> accept = threads.submit(() -> catchThrowable(server::accept));
            Future<Throwable> receive =
                    threads.submit(() -> catchThrowable(() -> datagrams.receive(ByteBuffer.allocate(1))));
            loss.happen(emulator);
            assertThat(accept.get()).isInstanceOf(IOException.class);
            assertThat(receive.get()).isInstanceOf(IOException.class);
            assertThat(server.isOpen()).isTrue();
            assertThatThrownBy(server::accept).isInstanceOf(IOException.class);
            try (ServerSocketChannel again = listen(modem);
                    DatagramChannel more =
                            modem.selectorProvider().openDatagramChannel().bind(null);
                    SocketChannel peer = connect(emulator, again);
                    SocketChannel accepted = again.accept();
                    DatagramSocket other = peer()) {
                Bench.writeFully(peer, bytes("x"));
                assertThat(Bench.readFully(accepted, 1)).isEqualTo(bytes("x"));
                send(other, emulator, more, bytes("y"));
                assertThat(more.receive(ByteBuffer.allocate(1))).isEqualTo(other.getLocalSocketAddress());
            }
        }
    }

    @Test
    void aClosedModemFailsThem() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open()) {
            ServerSocketChannel server = listen(modem);
            DatagramChannel datagrams =
                    modem.selectorProvider().openDatagramChannel().bind(null);
            modem.close();
            assertThatThrownBy(server::accept).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> datagrams.receive(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> listen(modem)).isInstanceOf(IOException.class);
            assertThat(emulator.counters().currentSockets()).isZero();
        }
    }

    // ------------------------------------------------------------------ datagrams

    @ParameterizedTest
    @EnumSource(names = {"BUFFER", "DIRECT_PUSH", "ADAPTIVE"})
    void datagramsOfManyPeersStayApart(AccessMode mode) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).accessMode(mode).open();
                DatagramChannel channel =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket one = peer();
                DatagramSocket two = peer()) {
            ByteBuffer buffer = ByteBuffer.allocate(1_500);
            for (int size = 0; size <= 1_460; size += 73) {
                for (DatagramSocket peer : List.of(one, two)) {
                    byte[] content = random(size);
                    send(peer, emulator, channel, content);
                    assertThat(channel.receive(buffer.clear())).isEqualTo(peer.getLocalSocketAddress());
                    assertThat(Arrays.copyOf(buffer.array(), buffer.position())).isEqualTo(content);
                    if (size > 0) {
                        assertThat(channel.send(ByteBuffer.wrap(content), peer.getLocalSocketAddress()))
                                .isEqualTo(size);
                        DatagramPacket packet = receive(peer);
                        assertThat(Arrays.copyOf(packet.getData(), packet.getLength()))
                                .isEqualTo(content);
                    }
                }
            }
        }
    }

    @Test
    void theContentOfADatagramMeansNothing() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                DatagramChannel channel =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket peer = peer()) {
            for (String content : List.of(
                    "\r\nOK\r\n",
                    "\r\n+QIURC: \"recv\",0,5,\"1.2.3.4\",5\r\nhello\r\n",
                    "> ",
                    "\r\n+QIURC: \"closed\",0\r\n")) {
                send(peer, emulator, channel, bytes(content));
                ByteBuffer buffer = ByteBuffer.allocate(100);
                channel.receive(buffer);
                assertThat(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII))
                        .isEqualTo(content);
                channel.send(buffer.flip(), peer.getLocalSocketAddress());
                DatagramPacket packet = receive(peer);
                assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII))
                        .isEqualTo(content);
            }
        }
    }

    @Test
    void aChannelCanBeConnectedToANameAndKeepsItsPort() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                DatagramChannel channel =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket peer = peer();
                DatagramSocket stranger = peer()) {
            int port = channel.socket().getLocalPort();
            InetSocketAddress name = Bench.at(peer.getLocalPort());
            channel.connect(name);
            assertThat(channel.getRemoteAddress()).isEqualTo(name);
            assertThat(channel.socket().getLocalPort()).isEqualTo(port);
            assertThat(channel.write(ByteBuffer.wrap(bytes("ask")))).isEqualTo(3);
            assertThat(receive(peer).getLength()).isEqualTo(3);
            send(stranger, emulator, channel, bytes("no"));
            send(peer, emulator, channel, bytes("yes"));
            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertThat(channel.receive(buffer)).isEqualTo(name);
            assertThat(buffer.position()).isEqualTo(3);
            channel.disconnect();
            assertThat(channel.socket().getLocalPort()).isEqualTo(port);
            send(stranger, emulator, channel, bytes("now"));
            assertThat(channel.receive(buffer.clear())).isEqualTo(stranger.getLocalSocketAddress());
            assertThatThrownBy(() -> channel.connect(InetSocketAddress.createUnresolved("no.such.name", 5)))
                    .isInstanceOf(IOException.class);
            assertThat(channel.isConnected()).isFalse();
            send(stranger, emulator, channel, bytes("and now"));
            assertThat(channel.receive(buffer.clear())).isEqualTo(stranger.getLocalSocketAddress());
        }
    }

    @Test
    void aDatagramThatTheModuleHasNoRoomForIsOfferedAgain() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                DatagramChannel channel =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket peer = peer()) {
            emulator.failNextSends(3);
            assertThat(channel.send(ByteBuffer.wrap(bytes("patience")), peer.getLocalSocketAddress()))
                    .isEqualTo(8);
            assertThat(receive(peer).getLength()).isEqualTo(8);
        }
    }

    @Test
    void whatIsNotReadIsDroppedAndNothingElseSuffers() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).receiveBufferBytes(4_096).open();
                DatagramChannel channel =
                        modem.selectorProvider().openDatagramChannel().bind(null);
                DatagramSocket peer = peer();
                SocketChannel stream = Bench.connect(modem.selectorProvider(), echo.port())) {
            for (int i = 1; i <= 200; i++) {
                send(peer, emulator, channel, random(1_000));
                // One at a time, so that the system's buffer does not overflow.
                int sent = i;
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> emulator.counters().payloadReceived() / 1_000
                                        + emulator.counters().datagramsDropped()
                                >= sent);
            }
            // Behind the datagrams on the line, so that all of them have come when this is back.
            byte[] content = random(20_000);
            Future<byte[]> back = threads.submit(() -> Bench.readFully(stream, content.length));
            Bench.writeFully(stream, content);
            assertThat(back.get()).isEqualTo(content);
            channel.configureBlocking(false);
            ByteBuffer buffer = ByteBuffer.allocate(2_000);
            int got = 0;
            while (channel.receive(buffer.clear()) != null) {
                assertThat(buffer.position()).isEqualTo(1_000);
                got++;
            }
            assertThat(got).isBetween(1, 10);
        }
    }

    @Test
    void aModulesTlsServesNobody() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open()) {
            TlsProfile profile = TlsProfile.builder().insecureSkipVerification().build();
            assertThatThrownBy(() -> modem.tlsSelectorProvider(profile).openServerSocketChannel())
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("TLS");
            assertThatThrownBy(() -> modem.tlsSelectorProvider(profile).openDatagramChannel())
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void aServerOfManyShortConnectionsKeepsNothing() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open();
                ServerSocketChannel server = listen(modem)) {
            int port = emulator.listeningPort(server.socket().getLocalPort());
            for (int i = 0; i < 60; i++) {
                try (Socket peer = new Socket(LOOPBACK, port)) {
                    peer.getOutputStream().write(i);
                    try (SocketChannel accepted = server.accept()) {
                        assertThat(Bench.readFully(accepted, 1)[0]).isEqualTo((byte) i);
                        Bench.writeFully(accepted, new byte[] {(byte) i});
                    }
                    assertThat(peer.getInputStream().read()).isEqualTo(i);
                    assertThat(peer.getInputStream().read()).isEqualTo(-1);
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> modem.sockets().size() == 1);
        }
    }
}
