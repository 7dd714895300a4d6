package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.ReferenceCountUtil;
import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.tls.UartNioProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The module's TLS behind an engine: where it works, real servers are reached; where it must not, nothing leaves. */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
class ModuleSslEngineTest {

    private static final int SIZE = 50_000;
    private static final String SECRET = "GET /secret HTTP/1.1\r\n\r\n";
    /** A record's header and the hello's text. */
    private static final String HELLO_FORM = "(?s)\\x16\\x03\\x03\\x00.UartNIO engine 1 [0-9a-f]{64}";

    private static final int ANSWER_BYTES = 5 + "UartNIO channel 1 ".length() + 64;

    @TempDir
    private static Path directory;

    private static Certificates rsa;
    private static Certificates ec;
    private static WebServer server;

    private ModuleEmulator emulator;
    private Modem modem;

    @BeforeAll
    static void startServer() throws Exception {
        rsa = Certificates.create(KeyKind.RSA, Bench.HOST);
        ec = Certificates.create(KeyKind.EC, Bench.HOST);
        Files.write(WebServer.content(directory).resolve("file"), Contents.of(SIZE));
        server = WebServer.start(directory, rsa, ec);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void openModem() throws Exception {
        emulator = Bench.emulator().start();
        modem = Bench.modem(emulator).tls(profile(KeyKind.RSA)).open();
    }

    @AfterEach
    void closeModem() {
        modem.close();
        emulator.close();
    }

    private static TlsProfile profile(KeyKind kind) throws Exception {
        return Bench.trusting((kind == KeyKind.RSA ? rsa : ec).writeAuthority(directory));
    }

    private static SSLEngine engine(SSLContext context, int port) {
        SSLEngine engine = context.createSSLEngine(Bench.HOST, port);
        engine.setUseClientMode(true);
        SSLParameters params = engine.getSSLParameters();
        params.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(params);
        return engine;
    }

    private static String request() {
        return "GET /file HTTP/1.1\r\nHost: " + Bench.HOST + "\r\nConnection: close\r\n\r\n";
    }

    private static void assertIsTheFile(byte[] response) {
        assertThat(new String(response, 0, 15, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(Arrays.copyOfRange(response, response.length - SIZE, response.length))
                .isEqualTo(Contents.of(SIZE));
    }

    // -- over the module --

    @ParameterizedTest
    @EnumSource
    void aPlainLoopReachesAServer(KeyKind kind) throws Exception {
        TlsProfile profile = profile(kind);
        int port = server.tlsPort(kind);
        try (java.nio.channels.SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(profile), port)) {
            SSLEngine engine = engine(modem.sslContext(profile), port);
            TlsLoop loop = new TlsLoop(engine, channel);
            loop.handshake();
            assertThat(engine.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(engine.getSession().getCipherSuite())
                    .startsWith("TLS_ECDHE_" + kind.name().replace("EC", "ECDSA"));
            loop.write(ByteBuffer.wrap(request().getBytes(StandardCharsets.US_ASCII)));
            ByteArrayOutputStream response = new ByteArrayOutputStream();
            assertThatThrownBy(() -> readAll(loop, response)).hasMessage("peer closed TLS");
            assertIsTheFile(response.toByteArray());
            engine.closeInbound();
        }
    }

    private static void readAll(TlsLoop loop, ByteArrayOutputStream into) throws IOException {
        while (true) {
            ByteBuffer bytes = loop.read();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            into.write(copy);
        }
    }

    @Test
    void theProviderGivesAContextOfTheModem() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", new UartNioProvider(modem));
        context.init(null, null, null);
        int port = server.tlsPort(KeyKind.RSA);
        try (java.nio.channels.SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(), port)) {
            new TlsLoop(engine(context, port), channel).handshake();
        }
    }

    @Test
    void theJdksHttpClientUsesTheModulesTls() throws Exception {
        int port = server.tlsPort(KeyKind.RSA);
        String printed = ForkedJvm.withProvider(directory)
                .hosts()
                .port(emulatorOfItsOwn())
                .option(
                        "-Duartnio.tls=*.test:" + port,
                        "-Duartnio.tlsTrustAnchors=" + rsa.writeAuthority(directory),
                        "-Duartnio.tlsAllowUncheckedHostName=true")
                .run(EngineHttpClientProgram.class, port, SIZE);
        assertThat(printed).contains("fetched");
    }

    /** The port of this test's modem, which is closed: the program opens one itself. */
    private String emulatorOfItsOwn() {
        modem.close();
        return emulator.portName();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nettysSslHandlerReachesAServer(boolean byNettysContext) throws Exception {
        int port = server.tlsPort(KeyKind.RSA);
        SSLContext context = modem.sslContext();
        NettyFetch fetch = new NettyFetch(
                modem.tlsSelectorProvider(),
                Bench.at(port),
                channel -> byNettysContext
                        ? nettys(context).newHandler(channel.alloc(), Bench.HOST, port)
                        : new SslHandler(engine(context, port)));
        assertIsTheFile(fetch.response());
        assertThat(fetch.closedCleanly()).isTrue();
    }

    private static JdkSslContext nettys(SSLContext context) {
        return new JdkSslContext(
                context,
                true,
                null,
                IdentityCipherSuiteFilter.INSTANCE,
                ApplicationProtocolConfig.DISABLED,
                ClientAuth.NONE,
                null,
                false);
    }

    // -- over what is not the module's TLS --

    @Test
    void overAPlainChannelOfTheModuleTheHandshakeFails() throws Exception {
        try (WireTap tap = new WireTap(server.tlsPort(KeyKind.RSA));
                java.nio.channels.SocketChannel channel = Bench.connect(modem.selectorProvider(), tap.port())) {
            assertHandshakeFails(channel, tap);
        }
    }

    private void assertHandshakeFails(java.nio.channels.SocketChannel channel, WireTap tap) {
        SSLEngine engine = engine(modem.sslContext(), tap.port());
        TlsLoop loop = new TlsLoop(engine, channel);
        assertThatThrownBy(loop::handshake).isInstanceOf(SSLHandshakeException.class);
        assertThatThrownBy(() -> engine.beginHandshake()).isInstanceOf(SSLException.class);
        assertOnlyTheHelloLeft(tap);
    }

    /** Asserts that a server behind the tap was sent what an engine begins with, and nothing else. */
    static void assertOnlyTheHelloLeft(WireTap tap) {
        String left = new String(tap.captured(), StandardCharsets.ISO_8859_1);
        assertThat(left).matches(HELLO_FORM).doesNotContain("secret").doesNotContain(Bench.HOST);
    }

    @Test
    void overAChannelOfTheJdkNothingButTheHelloReachesARealServer() throws Exception {
        for (int port : new int[] {server.tlsPort(KeyKind.RSA), server.plainPort()}) {
            try (WireTap tap = new WireTap(port);
                    java.nio.channels.SocketChannel channel = direct(tap.port())) {
                assertHandshakeFails(channel, tap);
            }
        }
    }

    @Test
    void aServerOfTheJdkRefusesTheHello() throws Exception {
        try (PeerServer jdk = new PeerServer(
                        rsa.serverContext(),
                        connection -> connection.getInputStream().read());
                WireTap tap = new WireTap(jdk.port());
                java.nio.channels.SocketChannel channel = direct(tap.port())) {
            assertHandshakeFails(channel, tap);
        }
    }

    private static java.nio.channels.SocketChannel direct(int port) throws IOException {
        return java.nio.channels.SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Test
    void theJdksHttpClientOverTheJdksChannelsSendsNothing() throws Exception {
        try (WireTap tap = new WireTap(server.tlsPort(KeyKind.RSA))) {
            HttpClient client =
                    HttpClient.newBuilder().sslContext(modem.sslContext()).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + tap.port() + "/secret"))
                    .build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("hello was not answered");
            assertOnlyTheHelloLeft(tap);
        }
    }

    @Test
    void nettyOverTheJdksChannelsSendsNothing() throws Exception {
        try (WireTap tap = new WireTap(server.tlsPort(KeyKind.RSA))) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), tap.port());
            NettyFetch fetch = new NettyFetch(
                    SelectorProvider.provider(), address, x -> new SslHandler(engine(modem.sslContext(), tap.port())));
            assertThatThrownBy(fetch::response).hasRootCauseInstanceOf(SSLHandshakeException.class);
            assertOnlyTheHelloLeft(tap);
        }
    }

    /** What a man in the middle can answer with: he sees the hello, and may know the answer to an earlier one. */
    enum Reply {
        RUBBISH,
        NOTHING,
        ITS_OWN_HELLO,
        HALF_OF_AN_ANSWER,
        AN_EARLIER_ANSWER,
        AN_ANSWER_OF_HIS_OWN,
        A_RECORD_OF_DATA,
        A_GOODBYE;

        byte[] of(byte[] hello, byte[] earlier) {
            return switch (this) {
                case RUBBISH -> "\0\1\2 rubbish that is long enough".getBytes(StandardCharsets.US_ASCII);
                case NOTHING -> new byte[0];
                case ITS_OWN_HELLO -> hello;
                case HALF_OF_AN_ANSWER -> Arrays.copyOf(earlier, earlier.length / 2);
                case AN_EARLIER_ANSWER -> earlier;
                case AN_ANSWER_OF_HIS_OWN -> {
                    byte[] made = earlier.clone();
                    System.arraycopy(hello, hello.length - 64, made, made.length - 64, 64);
                    yield made;
                }
                case A_RECORD_OF_DATA -> new byte[] {23, 3, 3, 0, 1, 'x'};
                case A_GOODBYE -> new byte[] {21, 3, 3, 0, 2, 1, 0};
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aManInTheMiddleCannotAnswer(Reply reply) throws Exception {
        byte[] earlier = answerToAnother();
        CompletableFuture<byte[]> seen = new CompletableFuture<>();
        try (PeerServer man = new PeerServer(connection -> {
                    byte[] hello = connection.getInputStream().readNBytes(5 + "UartNIO engine 1 ".length() + 64);
                    connection.getOutputStream().write(reply.of(hello, earlier));
                    connection.shutdownOutput();
                    seen.complete(connection.getInputStream().readAllBytes());
                });
                java.nio.channels.SocketChannel channel = direct(man.port())) {
            SSLEngine engine = engine(modem.sslContext(), man.port());
            TlsLoop loop = new TlsLoop(engine, channel);
            assertThatThrownBy(() -> {
                        loop.handshake();
                        loop.write(ByteBuffer.wrap(SECRET.getBytes(StandardCharsets.US_ASCII)));
                    })
                    .isInstanceOf(IOException.class);
            assertThat(engine.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
            channel.close();
            assertThat(seen.get(60, TimeUnit.SECONDS)).isEmpty();
        }
    }

    /** Returns a true answer of a channel of the module, as it was given to another engine. */
    private byte[] answerToAnother() throws Exception {
        int port = server.tlsPort(KeyKind.RSA);
        try (java.nio.channels.SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(), port)) {
            SSLEngine engine = engine(modem.sslContext(), port);
            ByteBuffer hello = ByteBuffer.allocate(17_000);
            engine.wrap(ByteBuffer.allocate(0), hello);
            Bench.writeFully(channel, Arrays.copyOf(hello.array(), hello.position()));
            return Bench.readFully(channel, ANSWER_BYTES);
        }
    }

    @Test
    void anotherHostThanTheChannelsFails() throws Exception {
        int port = server.tlsPort(KeyKind.RSA);
        try (java.nio.channels.SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(), port)) {
            SSLEngine engine = modem.sslContext().createSSLEngine("other.test", port);
            engine.setUseClientMode(true);
            TlsLoop loop = new TlsLoop(engine, channel);
            assertThatThrownBy(loop::handshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("other.test");
        }
    }

    @Test
    void withoutAnEngineTheChannelIsAsItWas() throws Exception {
        modem.sslContext().createSSLEngine();
        try (java.nio.channels.SocketChannel channel =
                Bench.connect(modem.tlsSelectorProvider(), server.tlsPort(KeyKind.RSA))) {
            Bench.writeFully(channel, request().getBytes(StandardCharsets.US_ASCII));
            assertThat(Bench.readFully(channel, 15)).isEqualTo("HTTP/1.1 200 OK".getBytes(StandardCharsets.US_ASCII));
        }
    }

    // -- Netty --

    /** One fetch by Netty, begun when it is made. */
    @SuppressWarnings("FutureReturnValueIgnored") // Netty's: what fails is told to the handlers
    private static final class NettyFetch {

        /** Makes the handler of a channel. */
        @FunctionalInterface
        interface Handlers {
            SslHandler of(Channel channel);
        }

        private final EventLoopGroup group;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> response = new CompletableFuture<>();
        private volatile boolean closedCleanly;

        NettyFetch(SelectorProvider provider, InetSocketAddress address, Handlers handlers) {
            group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory(provider));
            new Bootstrap()
                    .group(group)
                    .channelFactory(() -> new NioSocketChannel(provider))
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(handlers.of(channel), new Fetch());
                        }
                    })
                    .connect(address);
        }

        byte[] response() throws Exception {
            try {
                return response.get(60, TimeUnit.SECONDS);
            } finally {
                group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
                await().atMost(Duration.ofSeconds(60)).until(group::isTerminated);
            }
        }

        boolean closedCleanly() {
            return closedCleanly;
        }

        private final class Fetch extends ChannelInboundHandlerAdapter {

            @Override
            public void channelActive(ChannelHandlerContext context) {
                context.writeAndFlush(Unpooled.copiedBuffer(request(), StandardCharsets.US_ASCII));
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
                ByteBuf part = (ByteBuf) message;
                part.readBytes(bytes, part.readableBytes());
                ReferenceCountUtil.release(message);
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                closedCleanly |= event == SslCloseCompletionEvent.SUCCESS;
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                response.completeExceptionally(cause);
                context.close();
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                response.complete(bytes.toByteArray());
            }
        }
    }
}
