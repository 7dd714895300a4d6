package io.uartnio.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.uartnio.Seeds;
import io.uartnio.contract.Peer;
import io.uartnio.nio.ModuleSelectorProvider;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.FakeModuleSocket;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes a socket with TLS by the module: payload as it is, and an engine's hello not at all. */
class RecordSocketTest {

    private final FakeModule module = new FakeModule();
    private final Engines engines = new Engines();
    private final RecordSockets sockets = new RecordSockets(module, engines.meetings);
    private final ModuleSelectorProvider provider = new ModuleSelectorProvider(sockets, Engines.PROFILE);

    @AfterEach
    void close() {
        module.close();
    }

    private ModuleSocket connected() throws IOException {
        ModuleSocket socket = sockets.create(Engines.PROFILE);
        socket.connect(Engines.HOST, FakeModule.INSTANT_PORT, 0);
        return socket;
    }

    private SocketChannel channel() throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        channel.connect(InetSocketAddress.createUnresolved(Engines.HOST, FakeModule.LISTENING_PORT));
        return channel;
    }

    private static byte[] read(ModuleSocket socket, int room) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(room);
        int count = socket.read(target);
        return count < 0 ? null : Arrays.copyOf(target.array(), target.position());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private FakeModuleSocket wire() {
        return module.newestSocket();
    }

    /** Handshakes over the socket, which nothing has been written to. */
    private ModuleSslEngine handshaken(ModuleSocket socket) throws IOException {
        ModuleSslEngine engine = engines.engine();
        ByteBuffer hello = Engines.wrapped(engine, new byte[0]);
        while (hello.hasRemaining()) {
            socket.write(hello);
        }
        SSLEngineResult result = engine.unwrap(ByteBuffer.wrap(read(socket, 1000)), Engines.application(engine));
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.FINISHED);
        return engine;
    }

    // -- without an engine --

    @Test
    void payloadPassesAsItIs() throws Exception {
        ModuleSocket socket = connected();
        socket.write(ByteBuffer.wrap(ascii("GET / HTTP/1.1\r\n")));
        assertThat(wire().peer().receive(16)).isEqualTo(ascii("GET / HTTP/1.1\r\n"));
        wire().peer().send(ascii("HTTP/1.1 200"));
        assertThat(read(socket, 100)).isEqualTo(ascii("HTTP/1.1 200"));
        wire().peer().close();
        assertThat(read(socket, 100)).isNull();
    }

    @Test
    void aHelloThatNoEngineMadeIsPayload() throws Exception {
        engines.arrange();
        byte[] forged = new Meetings().arrange(new SecureRandom()).hello();
        ModuleSocket socket = connected();
        for (byte part : forged) {
            socket.write(ByteBuffer.wrap(new byte[] {part}));
        }
        assertThat(wire().peer().receive(forged.length)).isEqualTo(forged);
        assertThat(socket.isReadable()).isFalse();
    }

    @Test
    void aHelloThatHasBeenMetIsPayloadForOthers() throws Exception {
        ModuleSslEngine engine = engines.engine();
        byte[] hello = new byte[Meeting.HELLO_BYTES];
        Engines.wrapped(engine, new byte[0]).get(hello);
        ModuleSocket first = connected();
        first.write(ByteBuffer.wrap(hello));
        assertThat(wire().bytesUnsent()).isZero();
        ModuleSocket second = connected();
        second.write(ByteBuffer.wrap(hello));
        assertThat(wire().peer().receive(hello.length)).isEqualTo(hello);
        assertThat(first.isReadable()).isTrue();
        assertThat(second.isReadable()).isFalse();
    }

    @Test
    void aHelloBehindOtherBytesIsPayload() throws Exception {
        ModuleSslEngine engine = engines.engine();
        byte[] hello = new byte[Meeting.HELLO_BYTES];
        Engines.wrapped(engine, new byte[0]).get(hello);
        ModuleSocket socket = connected();
        socket.write(ByteBuffer.wrap(ascii("x")));
        socket.write(ByteBuffer.wrap(hello));
        wire().peer().receive(1);
        assertThat(wire().peer().receive(hello.length)).isEqualTo(hello);
    }

    @Test
    void theBeginningOfAHelloThatDoesNotGoOnIsPayload() throws Exception {
        engines.arrange();
        ModuleSocket socket = connected();
        byte[] beginning = {22, 3, 3, 0};
        assertThat(socket.write(ByteBuffer.wrap(beginning))).isEqualTo(4);
        assertThat(wire().bytesUnsent()).isZero();
        assertThat(socket.bytesUnsent()).isEqualTo(4);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(wire().bytesUnsent()).isEqualTo(4));
        socket.write(ByteBuffer.wrap(ascii("more")));
        assertThat(wire().peer().receive(8)).isEqualTo(new byte[] {22, 3, 3, 0, 'm', 'o', 'r', 'e'});
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsHeldLeavesBeforeTheEnd(boolean byShutdown) throws Exception {
        engines.arrange();
        ModuleSocket socket = connected();
        socket.write(ByteBuffer.wrap(new byte[] {22, 3}));
        if (byShutdown) {
            socket.shutdownOutput();
        } else {
            socket.close();
        }
        assertThat(wire().peer().receive(2)).isEqualTo(new byte[] {22, 3});
    }

    @Test
    void aPlainSocketIsTheModulesOwn() {
        assertThat(sockets.create(null)).isSameAs(module.newestSocket());
    }

    // -- with one --

    @Test
    void nothingOfTheHandshakeReachesThePeer() throws Exception {
        ModuleSocket socket = connected();
        ModuleSslEngine engine = handshaken(socket);
        assertThat(wire().bytesUnsent()).isZero();
        socket.write(Engines.wrapped(engine, ascii("payload")));
        assertThat(wire().bytesUnsent()).isEqualTo(7);
        assertThat(wire().peer().receive(7)).isEqualTo(ascii("payload"));
    }

    @Test
    void theAnswerWakesASelector() throws Exception {
        ModuleSslEngine engine = engines.engine();
        try (SocketChannel channel = channel();
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            channel.write(Engines.wrapped(engine, new byte[0]));
            assertThat(selector.select()).isOne();
            assertThat(key.isReadable()).isTrue();
            ByteBuffer answer = Engines.packet(engine);
            channel.read(answer);
            assertThat(engine.unwrap(answer.flip(), Engines.application(engine)).getHandshakeStatus())
                    .isEqualTo(HandshakeStatus.FINISHED);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
        }
    }

    @Test
    void aHelloMayComeInPiecesAndFromSeveralBuffers() throws Exception {
        ModuleSslEngine engine = engines.engine();
        byte[] hello = new byte[Meeting.HELLO_BYTES];
        Engines.wrapped(engine, new byte[0]).get(hello);
        try (SocketChannel channel = channel()) {
            channel.write(ByteBuffer.wrap(hello, 0, 3));
            channel.write(new ByteBuffer[] {
                ByteBuffer.wrap(hello, 3, 10), ByteBuffer.wrap(hello, 13, 0), ByteBuffer.wrap(hello, 13, 20)
            });
            OutputStream stream = channel.socket().getOutputStream();
            stream.write(hello, 33, hello.length - 34);
            stream.write(hello[hello.length - 1]);
            InputStream in = channel.socket().getInputStream();
            byte[] answer = in.readNBytes(PseudoRecord.HEADER_BYTES + Meeting.ANSWER_PAYLOAD_BYTES);
            assertThat(engine.unwrap(ByteBuffer.wrap(answer), Engines.application(engine))
                            .getHandshakeStatus())
                    .isEqualTo(HandshakeStatus.FINISHED);
            assertThat(wire().bytesUnsent()).isZero();
        }
    }

    @Test
    void theEndOfTheStreamIsAGoodbyeAndThenTheEnd() throws Exception {
        ModuleSocket socket = connected();
        ModuleSslEngine engine = handshaken(socket);
        wire().peer().send(ascii("last"));
        wire().peer().close();
        ByteBuffer application = Engines.application(engine);
        engine.unwrap(ByteBuffer.wrap(read(socket, 1000)), application);
        assertThat(application.position()).isEqualTo(4);
        assertThat(socket.isReadable()).isTrue();
        assertThat(engine.unwrap(ByteBuffer.wrap(read(socket, 1000)), application)
                        .getStatus())
                .isEqualTo(Status.CLOSED);
        engine.closeInbound();
        assertThat(read(socket, 1000)).isNull();
        assertThat(read(socket, 1000)).isNull();
    }

    @Test
    void aLossIsNoGoodbye() throws Exception {
        ModuleSocket socket = connected();
        ModuleSslEngine engine = handshaken(socket);
        wire().fail(new IOException("lost"));
        assertThatThrownBy(() -> read(socket, 1000)).hasMessage("lost");
        assertThatThrownBy(engine::closeInbound).isInstanceOf(SSLException.class);
    }

    @Test
    void theEnginesGoodbyeEndsAtTheChannel() throws Exception {
        ModuleSocket socket = connected();
        ModuleSslEngine engine = handshaken(socket);
        engine.closeOutbound();
        ByteBuffer goodbye = Engines.wrapped(engine, new byte[0]);
        assertThat(socket.write(goodbye)).isEqualTo(PseudoRecord.ALERT_BYTES);
        assertThat(wire().bytesUnsent()).isZero();
        assertThatThrownBy(() -> socket.write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 1, 'x'})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("past the TLS engine");
        assertThat(wire().bytesUnsent()).isZero();
    }

    @Test
    void whatIsWrittenPastTheEngineDoesNotLeave() throws Exception {
        ModuleSocket socket = connected();
        handshaken(socket);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> socket.write(ByteBuffer.wrap(ascii("GET / HTTP/1.1"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("past the TLS engine");
        }
        assertThat(wire().bytesUnsent()).isZero();
    }

    @Test
    void shutInputHasNoRecords() throws Exception {
        ModuleSocket socket = connected();
        ByteBuffer hello = Engines.wrapped(engines.engine(), new byte[0]);
        socket.write(hello);
        socket.shutdownInput();
        assertThat(read(socket, 100)).isNull();
    }

    @Test
    void aClosedSocketSaysSo() throws Exception {
        ModuleSocket socket = connected();
        ModuleSslEngine engine = handshaken(socket);
        ByteBuffer record = Engines.wrapped(engine, ascii("late"));
        socket.close();
        assertThatThrownBy(() -> socket.write(record)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(socket, 100)).isInstanceOf(IOException.class);
    }

    @Test
    void bytesReadableCountTheHeader() throws Exception {
        ModuleSocket socket = connected();
        handshaken(socket);
        assertThat(socket.bytesReadable()).isZero();
        wire().peer().send(new byte[30]);
        assertThat(socket.bytesReadable()).isEqualTo(35);
        assertThat(read(socket, 100)).hasSize(35);
    }

    /** Random pieces both ways, through buffers of random sizes: what goes in comes out. */
    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void recordsCarryEveryByteInOrder(long seed) throws Exception {
        RandomGenerator random = Seeds.random(seed);
        ModuleSocket socket = connected();
        SSLEngine engine = handshaken(socket);
        Peer peer = wire().peer();
        byte[] up = new byte[60_000];
        byte[] down = new byte[60_000];
        random.nextBytes(up);
        random.nextBytes(down);
        ByteBuffer toWrite = ByteBuffer.wrap(up);
        ByteBuffer out = ByteBuffer.allocate(2 * PseudoRecord.MAX_BYTES).flip();
        ByteBuffer in = ByteBuffer.allocate(2 * PseudoRecord.MAX_BYTES);
        ByteBuffer got = ByteBuffer.allocate(down.length + PseudoRecord.MAX_PAYLOAD_BYTES);
        int sent = 0;
        int received = 0;
        while (received < up.length || got.position() < down.length) {
            if (!out.hasRemaining() && toWrite.hasRemaining()) {
                out.clear();
                ByteBuffer piece = toWrite.duplicate();
                piece.limit(Math.min(toWrite.limit(), piece.position() + 1 + random.nextInt(20_000)));
                engine.wrap(piece, out);
                toWrite.position(piece.position());
                out.flip();
            }
            ByteBuffer part = out.duplicate();
            part.limit(Math.min(out.limit(), part.position() + random.nextInt(5_000)));
            out.position(out.position() + socket.write(part));
            int there = wire().bytesUnsent();
            if (there > 0) {
                int count = 1 + random.nextInt(there);
                assertThat(peer.receive(count)).as("seed=%s", seed).isEqualTo(slice(up, received, count));
                received += count;
            }
            if (sent < down.length && wire().bytesReadable() == 0) {
                int count = Math.min(down.length - sent, 1 + random.nextInt(FakeModuleSocket.QUEUE_BYTES));
                peer.send(slice(down, sent, count));
                sent += count;
            }
            int room = random.nextBoolean() ? random.nextInt(12) : random.nextInt(8_000);
            ByteBuffer target = in.duplicate();
            target.limit(Math.min(in.limit(), in.position() + room));
            in.position(in.position() + socket.read(target));
            in.flip();
            engine.unwrap(in, got);
            in.compact();
        }
        assertThat(Arrays.copyOf(got.array(), down.length)).as("seed=%s", seed).isEqualTo(down);
        assertThat(got.position()).isEqualTo(down.length);
    }

    private static byte[] slice(byte[] bytes, int from, int count) {
        return Arrays.copyOfRange(bytes, from, from + count);
    }
}
