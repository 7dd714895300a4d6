package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.uartnio.TlsProfile;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.netty.ModemAddressResolverGroup;
import io.uartnio.netty.ModemSocketChannel;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The engine that stands for the module's TLS, in Netty's {@link SslHandler} on channels of the module, to TLS servers of
 * the JDK; and on a channel without TLS, where it must not work.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NettySslEngineTest {

    private static final int SIZE = 400 << 10;
    private static final int MAX_WRITE = 20_000;

    /** The event loops of a program. */
    enum Group {
        NIO {
            @Override
            EventLoopGroup open() {
                return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
            }
        },
        DEFAULT {
            @Override
            @SuppressWarnings("deprecation") // programs have it all the same
            EventLoopGroup open() {
                return new DefaultEventLoopGroup(1);
            }
        };

        abstract EventLoopGroup open();
    }

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static Authority authority;
    private static TlsProfile profile;

    private EventLoopGroup group;

    @BeforeAll
    static void prepare() throws Exception {
        authority = Authority.create(KeyKind.RSA, "Authority of peers");
        profile = Bench.trusting(authority.write(directory));
    }

    @AfterEach
    void everySocketIsGivenBack() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> LINE.modem().sockets().isEmpty());
    }

    /** A channel with the engine's handler, and what has come of it. */
    private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {

        private final MessageDigest digest = Bench.sha256();
        private final CompletableFuture<byte[]> hash = new CompletableFuture<>();
        private final BlockingQueue<Object> closings = new LinkedBlockingQueue<>();
        private final BlockingQueue<Throwable> causes = new LinkedBlockingQueue<>();
        private final SslHandler tls;
        private final Channel channel;
        private final CompletableFuture<ChannelFuture> greeted = new CompletableFuture<>();
        private final byte[] greeting;
        private int count;

        Connection(Group kind, ChannelFactory<ModemSocketChannel> channels, int port) throws InterruptedException {
            this(kind, channels, port, new byte[0]);
        }

        /** Connects, and writes a greeting at once, before anything of the handshake can have come back. */
        Connection(Group kind, ChannelFactory<ModemSocketChannel> channels, int port, byte[] greeting)
                throws InterruptedException {
            this.greeting = greeting;
            SSLEngine engine = LINE.modem().sslContext(profile).createSSLEngine(Bench.HOST, port);
            engine.setUseClientMode(true);
            tls = new SslHandler(engine);
            group = kind.open();
            channel = new Bootstrap()
                    .group(group)
                    .channelFactory(channels)
                    .resolver(ModemAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel created) {
                            created.pipeline().addLast(tls, Connection.this);
                        }
                    })
                    .connect(Bench.at(port))
                    .sync()
                    .channel();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (greeting.length > 0) {
                greeted.complete(context.writeAndFlush(Unpooled.wrappedBuffer(greeting)));
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            count += bytes.readableBytes();
            digest.update(bytes.nioBuffer());
            if (count >= SIZE) {
                hash.complete(digest.digest());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent) {
                closings.add(event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            causes.add(cause);
        }

        /** Writes pieces of all sizes, and returns the write of the last. */
        ChannelFuture write(byte[] bytes) {
            Random random = new Random(bytes.length);
            ChannelFuture last = null;
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(MAX_WRITE));
                last = channel.writeAndFlush(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, from, to)));
                from = to;
            }
            return last;
        }

        void assertEchoes() throws Exception {
            byte[] bytes = Contents.of(SIZE);
            write(bytes).sync();
            assertThat(Bench.hex(hash.get(60, TimeUnit.SECONDS)))
                    .isEqualTo(Bench.hex(Bench.sha256().digest(bytes)));
            assertThat(count).isEqualTo(SIZE);
        }
    }

    private static PeerServer server(PeerServer.Service service) throws Exception {
        return new PeerServer(authority.issue(Bench.HOST, KeyKind.RSA).serverContext(null), service);
    }

    private static void echo(Socket connection, int size) throws IOException {
        byte[] buffer = new byte[8192];
        for (int echoed = 0; echoed < size; ) {
            int count = connection.getInputStream().read(buffer);
            if (count < 0) {
                throw new IOException("stream ended early: echoed=" + echoed);
            }
            connection.getOutputStream().write(buffer, 0, count);
            echoed += count;
        }
    }

    /** The module says goodbye to the peer when the channel is closed, so that it knows of no truncation. */
    @ParameterizedTest
    @EnumSource
    void echoesAndIsClosedByUs(Group kind) throws Exception {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        try (PeerServer server = server(connection -> {
            try {
                echo(connection, SIZE);
                end.complete(connection.getInputStream().read());
            } catch (IOException e) {
                end.completeExceptionally(e);
            }
        })) {
            Connection it = new Connection(kind, ModemSocketChannel.tlsFactory(LINE.modem(), profile), server.port());
            it.assertEchoes();
            assertThat(it.tls.engine().getSession().getProtocol()).isEqualTo("TLSv1.2");
            it.channel.close().sync();
            assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(it.causes).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void echoesAndIsClosedByThePeer(Group kind) throws Exception {
        try (PeerServer server = server(connection -> echo(connection, SIZE))) {
            Connection it = new Connection(kind, ModemSocketChannel.tlsFactory(LINE.modem(), profile), server.port());
            it.assertEchoes();
            assertThat(it.channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(it.closings.poll(60, TimeUnit.SECONDS)).isEqualTo(SslCloseCompletionEvent.SUCCESS);
            assertThat(it.causes).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onAPlainChannelTheHandshakeFailsAndNothingLeaves(Group kind) throws Exception {
        try (PeerServer server = server(connection -> echo(connection, SIZE));
                WireTap tap = new WireTap(server.port())) {
            Connection it = new Connection(
                    kind,
                    ModemSocketChannel.factory(LINE.modem()),
                    tap.port(),
                    "GET /secret HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            ChannelFuture write = it.greeted.get(60, TimeUnit.SECONDS);
            assertThat(it.tls.handshakeFuture().await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(it.tls.handshakeFuture().cause()).isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(write::sync).isInstanceOf(SSLException.class);
            assertThat(it.channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
            ModuleSslEngineTest.assertOnlyTheHelloLeft(tap);
        }
    }
}
