package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of server sockets, of connections that they have accepted, and of datagram sockets when the port or the
 * module is lost: whoever waits is told, selectors wake, everything can be closed, and nothing is left behind.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostServicesTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<Throwable>> waiting = new ArrayList<>();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** How everything is lost at once. */
    enum Loss {
        /** The line ends; another tty takes its name later. */
        UNPLUGGED,
        /** The module starts anew and has forgotten all. */
        RESTARTED
    }

    /** A played module behind a name as udev gives it, which another pseudo-terminal can take over. */
    private static final class Plug implements AutoCloseable {
        private final Path link;
        private ModuleEmulator emulator;

        Plug(Path directory) throws IOException {
            link = directory.resolve("ttyModule");
            plugIn();
        }

        private void plugIn() throws IOException {
            emulator = Bench.emulator().start();
            Files.createSymbolicLink(link, Path.of(emulator.portName()));
        }

        void lose(Loss loss) throws IOException {
            if (loss == Loss.RESTARTED) {
                emulator.restart();
            } else {
                Files.delete(link);
                emulator.close();
            }
        }

        void comeBack(Loss loss) throws IOException {
            if (loss == Loss.UNPLUGGED) {
                plugIn();
            }
        }

        SocketChannel connectTo(ServerSocketChannel server) throws IOException {
            int port = emulator.listeningPort(server.socket().getLocalPort());
            return SocketChannel.open(new InetSocketAddress(LOOPBACK, port));
        }

        void sendTo(DatagramChannel channel, byte[] content) throws IOException {
            try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                int port = emulator.datagramPort(channel.socket().getLocalPort());
                peer.send(new DatagramPacket(content, content.length, LOOPBACK, port));
            }
        }

        @Override
        public void close() {
            emulator.close();
        }
    }

    /** A server with an accepted connection, and a datagram channel. */
    private static final class Services implements AutoCloseable {
        private final ServerSocketChannel server;
        private final DatagramChannel datagrams;
        private final SocketChannel peer;
        private final SocketChannel accepted;

        Services(Modem modem, Plug plug) throws IOException {
            server = modem.selectorProvider().openServerSocketChannel().bind(null);
            datagrams = modem.selectorProvider().openDatagramChannel().bind(null);
            peer = plug.connectTo(server);
            accepted = server.accept();
        }

        List<SelectableChannel> channels() {
            return List.of(server, accepted, datagrams);
        }

        void verify(Plug plug) throws IOException {
            byte[] content = "all is well".getBytes(StandardCharsets.US_ASCII);
            Bench.writeFully(peer, content);
            assertThat(Bench.readFully(accepted, content.length)).isEqualTo(content);
            Bench.writeFully(accepted, content);
            assertThat(Bench.readFully(peer, content.length)).isEqualTo(content);
            plug.sendTo(datagrams, content);
            ByteBuffer target = ByteBuffer.allocate(100);
            datagrams.receive(target);
            assertThat(target.position()).isEqualTo(content.length);
        }

        @Override
        public void close() throws IOException {
            for (SelectableChannel channel : channels()) {
                channel.close();
            }
            peer.close();
        }
    }

    private void inBackground(ThrowingCallable operation) {
        waiting.add(threads.submit(() -> catchThrowable(operation)));
    }

    /** Does what a key is ready for, which is to fail; the key goes. */
    private static Throwable failureOf(SelectionKey key) {
        return catchThrowable(() -> {
            try (SelectableChannel channel = key.channel()) {
                Object got;
                if (channel instanceof ServerSocketChannel server) {
                    got = server.accept();
                } else if (channel instanceof DatagramChannel datagrams) {
                    got = datagrams.receive(ByteBuffer.allocate(1));
                } else {
                    got = ((SocketChannel) channel).read(ByteBuffer.allocate(1));
                }
                throw new AssertionError("selected without a failure: got=" + got);
            }
        });
    }

    private static void select(Modem modem, List<SelectableChannel> channels) throws IOException {
        Map<SelectableChannel, Throwable> failures = new HashMap<>();
        try (Selector selector = modem.selectorProvider().openSelector()) {
            for (SelectableChannel channel : channels) {
                channel.configureBlocking(false);
                channel.register(selector, channel.validOps() & ~(SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT));
            }
            while (failures.size() < channels.size()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    failures.put(key.channel(), failureOf(key));
                }
                selector.selectedKeys().clear();
            }
        }
        assertThat(failures.values()).allMatch(IOException.class::isInstance);
        // As those do who wait for one operation.
        throw (IOException) failures.values().iterator().next();
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void whoeverWaitsIsToldAndWhatWasServedCanBeServedAgain(Loss loss, @TempDir Path directory) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                Plug plug = new Plug(directory);
                Modem modem = Bench.modem()
                        .port(plug.link.toString())
                        .commandTimeout(Duration.ofSeconds(5))
                        .open()) {
            int port;
            try (Services blocked = new Services(modem, plug);
                    Services selected = new Services(modem, plug);
                    SocketChannel unread = plug.connectTo(blocked.server);
                    SocketChannel writing = blocked.server.accept()) {
                port = blocked.server.socket().getLocalPort();
                inBackground(blocked.server::accept);
                inBackground(() -> blocked.datagrams.receive(ByteBuffer.allocate(1)));
                inBackground(() -> blocked.accepted.read(ByteBuffer.allocate(1)));
                inBackground(() -> {
                    while (true) {
                        writing.write(ByteBuffer.allocate(64 << 10));
                    }
                });
                inBackground(() -> select(modem, selected.channels()));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> unread.isConnected() && waiting.stream().noneMatch(Future::isDone));

                plug.lose(loss);
                for (Future<Throwable> operation : waiting) {
                    Throwable failure = operation.get(60, TimeUnit.SECONDS);
                    assertThat(failure).isInstanceOf(IOException.class);
                    assertThat(Causes.modemException(failure).portName()).isNotBlank();
                }
                assertThat(blocked.channels()).allMatch(SelectableChannel::isOpen);
                assertThatThrownBy(blocked.server::accept).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> blocked.datagrams.receive(ByteBuffer.allocate(1)))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() ->
                                blocked.datagrams.send(ByteBuffer.allocate(1), new InetSocketAddress(LOOPBACK, 9)))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> blocked.accepted.read(ByteBuffer.allocate(1)))
                        .isInstanceOf(IOException.class);
                blocked.close();
                assertThat(blocked.channels()).noneMatch(SelectableChannel::isOpen);
                assertThatThrownBy(blocked.server::accept).isInstanceOf(ClosedChannelException.class);
            }
            plug.comeBack(loss);
            try (ServerSocketChannel again = modem.selectorProvider().openServerSocketChannel()) {
                again.bind(new InetSocketAddress(port));
                try (SocketChannel peer = plug.connectTo(again);
                        SocketChannel accepted = again.accept()) {
                    assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
                }
            }
            try (Services services = new Services(modem, plug)) {
                services.verify(plug);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> modem.sockets().isEmpty());
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aConnectionThatNobodyHasAcceptedYetCanStillBeHadAndSaysWhy(Loss loss, @TempDir Path directory)
            throws Exception {
        try (Plug plug = new Plug(directory);
                Modem modem = Bench.modem()
                        .port(plug.link.toString())
                        .commandTimeout(Duration.ofSeconds(5))
                        .open();
                ServerSocketChannel server =
                        modem.selectorProvider().openServerSocketChannel().bind(null);
                SocketChannel peer = plug.connectTo(server)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> peer.isConnected() && modem.sockets().size() == 2);
            plug.lose(loss);
            server.configureBlocking(false);
            try (Selector selector = modem.selectorProvider().openSelector()) {
                server.register(selector, SelectionKey.OP_ACCEPT);
                selector.select();
            }
            try (SocketChannel accepted = server.accept()) {
                assertThatThrownBy(() -> accepted.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThatThrownBy(server::accept).isInstanceOf(IOException.class));
            plug.comeBack(loss);
        }
    }
}
