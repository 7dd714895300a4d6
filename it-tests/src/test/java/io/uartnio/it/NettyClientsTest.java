package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.netty.ModemAddressResolverGroup;
import io.uartnio.netty.ModemSocketChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Netty's own codecs on channels of the module: MQTT to Mosquitto, HTTP to nginx, TLS by the JDK and by the module. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NettyClientsTest {

    private static final int MESSAGES = 100;
    private static final int LARGE = 100_000;
    private static final int SIZE = 500_000;

    /** Who runs TLS between the client and the server. */
    enum Way {
        PLAIN,
        /** {@link SslHandler} on a plain channel: the JDK, end to end. */
        JDK,
        MODULE
    }

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static EventLoopGroup group;
    private static Certificates certificates;
    private static Authority authority;

    @BeforeAll
    static void prepare() throws Exception {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        certificates = Certificates.create(KeyKind.RSA, Bench.HOST);
        authority = Authority.create(KeyKind.RSA, "Authority of peers");
        Files.write(WebServer.content(directory).resolve(Integer.toString(SIZE)), Contents.of(SIZE));
    }

    @AfterAll
    static void endLoops() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @AfterEach
    void everySocketIsGivenBack() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> LINE.modem().sockets().isEmpty());
    }

    private static Bootstrap bootstrap(ChannelFactory<ModemSocketChannel> channels) {
        return new Bootstrap()
                .group(group)
                .channelFactory(channels)
                .resolver(ModemAddressResolverGroup.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000);
    }

    private static ChannelFactory<ModemSocketChannel> channels(Way way) throws Exception {
        return way == Way.MODULE
                ? ModemSocketChannel.tlsFactory(LINE.modem(), Bench.trusting(certificates.writeAuthority(directory)))
                : ModemSocketChannel.factory(LINE.modem());
    }

    private static SslContext tls13(Path trustAnchors) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .trustManager(trustAnchors.toFile())
                .build();
    }

    private static void addTls(Channel channel, SslContext context, String host, int port) {
        channel.pipeline().addLast(context.newHandler(channel.alloc(), host, port));
    }

    // -- MQTT --

    private static byte[] payload(int number) {
        return number == 0 ? Contents.of(LARGE) : new byte[] {(byte) number};
    }

    private static void publishAndReceive(MqttSession mqtt) throws InterruptedException {
        mqtt.subscribe("meters/#");
        int[] ids = new int[MESSAGES];
        for (int i = 0; i < MESSAGES; i++) {
            ids[i] = mqtt.publish("meters/" + i, payload(i));
        }
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(mqtt.awaitPublished()).isEqualTo(ids[i]);
        }
        for (int i = 0; i < MESSAGES; i++) {
            MqttSession.Message message = mqtt.awaitMessage();
            assertThat(message.topic()).isEqualTo("meters/" + i);
            assertThat(message.payload().equals(ByteBuffer.wrap(payload(i)))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void nettysMqttCodecTalksToMosquitto(Way way) throws Exception {
        SslContext tls = tls13(certificates.writeAuthority(directory));
        try (MosquittoServer mosquitto = MosquittoServer.start(directory, certificates, authority)) {
            int port = way == Way.PLAIN ? mosquitto.plainPort() : mosquitto.port();
            try (MqttSession mqtt = new MqttSession(bootstrap(channels(way)), Bench.at(port), channel -> {
                if (way == Way.JDK) {
                    addTls(channel, tls, Bench.HOST, port);
                }
            })) {
                publishAndReceive(mqtt);
            }
        }
    }

    @Test
    void nettysMqttCodecTalksToItself() throws Exception {
        try (MqttBroker broker = new MqttBroker(group)) {
            try (MqttSession mqtt =
                    new MqttSession(bootstrap(channels(Way.PLAIN)), Bench.at(broker.port()), channel -> {})) {
                publishAndReceive(mqtt);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> broker.acknowledged().size() == MESSAGES);
            }
        }
    }

    // -- HTTP by TLS, to a web server --

    /** Completes with the first response's body. */
    private static final class Response extends SimpleChannelInboundHandler<FullHttpResponse> {

        private final CompletableFuture<byte[]> body;

        Response(CompletableFuture<byte[]> body) {
            this.body = body;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.status().equals(HttpResponseStatus.OK)) {
                body.complete(ByteBufUtil.getBytes(response.content()));
            } else {
                body.completeExceptionally(new AssertionError(response.status()));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            body.completeExceptionally(cause);
        }
    }

    @Test
    void sslHandlerFetchesFromAWebServerByTls13() throws Exception {
        SslContext tls = tls13(certificates.writeAuthority(directory));
        try (WebServer server = WebServer.start(directory, certificates, Certificates.create(KeyKind.EC, Bench.HOST))) {
            int port = server.tlsPort(KeyKind.RSA);
            CompletableFuture<byte[]> body = new CompletableFuture<>();
            Channel channel = bootstrap(channels(Way.PLAIN))
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel created) {
                            addTls(created, tls, Bench.HOST, port);
                            created.pipeline()
                                    .addLast(
                                            new HttpClientCodec(),
                                            new HttpObjectAggregator(2 * SIZE),
                                            new Response(body));
                        }
                    })
                    .connect(Bench.at(port))
                    .sync()
                    .channel();
            DefaultFullHttpRequest get = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/" + SIZE);
            get.headers().set(HttpHeaderNames.HOST, Bench.HOST);
            channel.writeAndFlush(get).sync();
            assertThat(body.get(60, TimeUnit.SECONDS)).isEqualTo(Contents.of(SIZE));
            channel.close().sync();
            if (server instanceof NginxServer nginx) {
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(nginx.accessLog())
                                .anyMatch(line -> line.startsWith(Bench.HOST + " TLSv1.3 ")));
            }
        }
    }

    // -- TLS, to a server that sends everything back --

    /** Collects what comes. */
    private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {

        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final int wanted;
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private final BlockingQueue<Throwable> causes = new LinkedBlockingQueue<>();

        Collector(int wanted) {
            this.wanted = wanted;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) throws Exception {
            bytes.readBytes(received, bytes.readableBytes());
            if (received.size() == wanted) {
                all.complete(received.toByteArray());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            causes.add(cause);
        }
    }

    private static void assertEchoes(Bootstrap bootstrap, int port, SslHandler tls) throws Exception {
        Collector collector = new Collector(SIZE);
        Channel channel = bootstrap
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        if (tls != null) {
                            created.pipeline().addLast(tls);
                        }
                        created.pipeline().addLast(collector);
                    }
                })
                .connect(Bench.at(port))
                .sync()
                .channel();
        channel.writeAndFlush(Unpooled.wrappedBuffer(Contents.of(SIZE))).sync();
        assertThat(collector.all.get(60, TimeUnit.SECONDS)).isEqualTo(Contents.of(SIZE));
        channel.close().sync();
    }

    private static TlsPeer peer(String protocol) throws Exception {
        return TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA), null, List.of(protocol), List.of());
    }

    @Test
    void sslHandlerEchoesByTls13() throws Exception {
        SslContext context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .trustManager(authority.certificate())
                .endpointIdentificationAlgorithm("") // the authority's certificates name no host as the JDK wants it
                .build();
        try (TlsPeer peer = peer("TLSv1.3")) {
            SslHandler tls = context.newHandler(io.netty.buffer.ByteBufAllocator.DEFAULT, Bench.HOST, peer.port());
            assertEchoes(bootstrap(channels(Way.PLAIN)), peer.port(), tls);
            assertThat(tls.engine().getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(peer.sessions()).singleElement().asString().startsWith("TLSv1.3 ");
        }
    }

    @Test
    void sslHandlerRefusesAServerOfAnotherName() throws Exception {
        SslContext tls = tls13(certificates.writeAuthority(directory));
        try (WebServer server = new EmbeddedWebServer(directory, certificates, certificates)) {
            int port = server.tlsPort(KeyKind.RSA);
            // Kept: a channel that has closed, as this one may have when its connect is seen, has no handlers left.
            SslHandler handler = tls.newHandler(io.netty.buffer.ByteBufAllocator.DEFAULT, "another.test", port);
            Channel channel = bootstrap(channels(Way.PLAIN))
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel created) {
                            created.pipeline().addLast(handler);
                        }
                    })
                    .connect(Bench.at(port))
                    .sync()
                    .channel();
            assertThatThrownBy(() -> handler.handshakeFuture().sync()).isInstanceOf(SSLException.class);
            assertThat(channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static TlsProfile trustingPeers() throws Exception {
        return TlsProfile.builder()
                .trustAnchors(authority.write(directory))
                .allowUncheckedHostName()
                .build();
    }

    @Test
    void theModuleRunsTlsWithTheProfileOfTheChannels() throws Exception {
        try (TlsPeer peer = peer("TLSv1.2")) {
            assertEchoes(bootstrap(ModemSocketChannel.tlsFactory(LINE.modem(), trustingPeers())), peer.port(), null);
            assertThat(peer.sessions()).singleElement().asString().startsWith("TLSv1.2 ");
        }
    }

    @Test
    void theModuleRunsTlsWithTheProfileOfTheModem() throws Exception {
        try (TlsPeer peer = peer("TLSv1.2");
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).tls(trustingPeers()).open()) {
            assertEchoes(bootstrap(ModemSocketChannel.tlsFactory(modem)), peer.port(), null);
            assertThat(peer.sessions()).singleElement().asString().startsWith("TLSv1.2 ");
        }
    }

    @Test
    void aServerThatTheModuleDoesNotTrustIsRefused() throws Exception {
        try (TlsPeer peer = TlsPeer.of(Authority.selfSigned(Bench.HOST))) {
            assertThatThrownBy(() -> assertEchoes(
                            bootstrap(ModemSocketChannel.tlsFactory(LINE.modem(), trustingPeers())), peer.port(), null))
                    .isInstanceOf(java.io.IOException.class);
            assertThat(peer.bytesReceived()).isZero();
        }
    }
}
