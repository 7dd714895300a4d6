package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.uartnio.AccessMode;
import io.uartnio.SocketInfo;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels over a pseudo-terminal, to servers of this machine. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class OverTtyTest {

    private static final int ECHO_BYTES = 256 * 1024;
    private static final int MARK_BYTES = 4000;
    private static final int MODULE_READ_BYTES = 1500;
    private static final int LARGEST_WRITE_BYTES = 6000;

    @ParameterizedTest
    @EnumSource(Loops.class)
    void echoesOnEveryKindOfLoop(Loops loops) throws Exception {
        try (TtyModule module = new TtyModule();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<?> echo = inBackground(() -> {
                try (Socket peer = server.accept()) {
                    peer.getInputStream().transferTo(peer.getOutputStream());
                }
            });
            EventLoopGroup group = loops.open();
            try {
                Hashing received = new Hashing(ECHO_BYTES);
                Channel channel = new Bootstrap()
                        .group(group)
                        .channelFactory(ModemSocketChannel.factory(module.modem()))
                        .resolver(ModemAddressResolverGroup.INSTANCE)
                        .handler(received)
                        .connect(TtyModule.HOST, server.getLocalPort())
                        .sync()
                        .channel();
                byte[] sent = sendRandomly(channel);
                assertThat(received.digest.get(200, TimeUnit.SECONDS)).isEqualTo(sent);
                channel.close().sync();
                echo.get(60, TimeUnit.SECONDS);
            } finally {
                Loops.close(group);
            }
        }
    }

    /** Returns the hash of what was sent, when the module has taken it. */
    private static byte[] sendRandomly(Channel channel) throws Exception {
        Random random = new Random(1);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        int left = ECHO_BYTES;
        while (left > 0) {
            byte[] bytes = new byte[Math.min(left, 1 + random.nextInt(LARGEST_WRITE_BYTES))];
            random.nextBytes(bytes);
            digest.update(bytes);
            left -= bytes.length;
            ChannelFuture write =
                    channel.writeAndFlush(channel.alloc().buffer(bytes.length).writeBytes(bytes));
            if (!channel.isWritable() || left == 0) {
                write.sync();
            }
        }
        return digest.digest();
    }

    /** The reader stops: the module keeps the data, its TCP window closes, and the real sender is held back. */
    @ParameterizedTest
    @EnumSource(
            value = AccessMode.class,
            names = {"ADAPTIVE", "BUFFER"})
    void withoutAReaderTheRealSenderStops(AccessMode mode) throws Exception {
        try (TtyModule module = new TtyModule(ModuleEmulator.builder());
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int total = 8 << 20;
            AtomicLong sent = new AtomicLong();
            Future<?> sender = inBackground(() -> {
                try (Socket peer = server.accept()) {
                    peer.setSendBufferSize(16 * 1024);
                    OutputStream out = peer.getOutputStream();
                    byte[] chunk = new byte[4096];
                    for (; sent.get() < total; sent.addAndGet(chunk.length)) {
                        out.write(chunk);
                    }
                }
            });
            EventLoopGroup group = Loops.NIO.open();
            try {
                Hashing received = new Hashing(total);
                Channel channel = new Bootstrap()
                        .group(group)
                        .channelFactory(ModemSocketChannel.factory(module.modem()))
                        .resolver(ModemAddressResolverGroup.INSTANCE)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ModemChannelOption.ACCESS_MODE, mode)
                        .option(ModemChannelOption.RECEIVE_HIGH_WATER_MARK, MARK_BYTES)
                        .handler(received)
                        .connect(TtyModule.HOST, server.getLocalPort())
                        .sync()
                        .channel();
                await().atMost(Duration.ofMinutes(2)).until(() -> {
                    SocketInfo info = module.modem().sockets().get(0);
                    return info.accessModeInForce() == AccessMode.BUFFER
                            && module.emulator().counters().isHeldBack(info.index());
                });
                assertThat(sent.get()).isLessThan(total);
                assertThat(received.count).isZero();
                if (mode == AccessMode.BUFFER) {
                    // Nothing is under way that was not asked for.
                    assertThat(module.modem().sockets().get(0).bytesToRead())
                            .isLessThanOrEqualTo(MARK_BYTES + MODULE_READ_BYTES);
                }
                channel.config().setAutoRead(true);
                received.digest.get(200, TimeUnit.SECONDS);
                sender.get(60, TimeUnit.SECONDS);
                channel.close().sync();
            } finally {
                Loops.close(group);
            }
        }
    }

    @Test
    void theModuleListens() throws Exception {
        int port = 2000;
        try (TtyModule module = new TtyModule()) {
            EventLoopGroup group = Loops.NIO.open();
            try {
                ServerBootstrap bootstrap = new ServerBootstrap()
                        .group(group)
                        .channelFactory(() -> new ModemServerSocketChannel(module.modem()))
                        .childHandler(new Echo());
                Channel server = bootstrap.bind(port).sync().channel();
                try (Socket peer = new Socket(
                        InetAddress.getLoopbackAddress(), module.emulator().listeningPort(port))) {
                    byte[] bytes = new byte[20_000];
                    new Random(1).nextBytes(bytes);
                    Future<?> sent = inBackground(() -> peer.getOutputStream().write(bytes));
                    assertThat(peer.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
                    sent.get(60, TimeUnit.SECONDS);
                }
                ChannelFuture taken = bootstrap.bind(port);
                assertThat(taken.await().cause()).isInstanceOf(BindException.class);
                taken.channel().closeFuture().sync();
                Channel chosen = bootstrap.bind(0).sync().channel();
                assertThat(((InetSocketAddress) chosen.localAddress()).getPort())
                        .isGreaterThanOrEqualTo(49_152);
                chosen.close().sync();
                server.close().sync();
            } finally {
                Loops.close(group);
            }
        }
    }

    /** By the port, to an address and to a name, with a real peer; each datagram as it was. */
    @Test
    void datagramsGoAndCome() throws Exception {
        int port = 3000;
        try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                TtyModule module = new TtyModule(ModuleEmulator.builder()
                        .host("10.0.0.9", peer.getLocalPort(), (InetSocketAddress) peer.getLocalSocketAddress()))) {
            peer.setSoTimeout(60_000);
            InetSocketAddress peerOfModule = new InetSocketAddress("10.0.0.9", peer.getLocalPort());
            EventLoopGroup group = Loops.NIO.open();
            try {
                DatagramRecorder recorder = new DatagramRecorder();
                Bootstrap bootstrap = new Bootstrap()
                        .group(group)
                        .channelFactory(ModemDatagramChannel.factory(module.modem()))
                        .resolver(ModemAddressResolverGroup.INSTANCE)
                        .handler(recorder);
                Channel channel = bootstrap.bind(port).sync().channel();
                assertThat(recorder.next()).isEqualTo(DatagramRecorder.ACTIVE);
                assertThat(((InetSocketAddress) channel.localAddress()).getPort())
                        .isEqualTo(port);

                String longest = "x".repeat(1460);
                for (String text : new String[] {"one", longest, "\r\nOK\r\n"}) {
                    channel.writeAndFlush(new DatagramPacket(ascii(text), peerOfModule))
                            .sync();
                    assertThat(take(peer)).isEqualTo(text);
                }
                byte[] answer = "answer".getBytes(StandardCharsets.US_ASCII);
                peer.send(new java.net.DatagramPacket(
                        answer,
                        answer.length,
                        InetAddress.getLoopbackAddress(),
                        module.emulator().datagramPort(port)));
                assertThat(recorder.next()).isEqualTo(new PlayedDatagramSocket.Datagram("answer", peerOfModule));

                channel.connect(peerOfModule).sync();
                channel.writeAndFlush(ascii("to the peer")).sync();
                assertThat(take(peer)).isEqualTo("to the peer");
                channel.disconnect().sync();

                InetSocketAddress name = TtyModule.at(peer.getLocalPort());
                channel.connect(name).sync();
                assertThat(channel.remoteAddress()).isEqualTo(name);
                channel.writeAndFlush(ascii("to a name")).sync();
                java.net.DatagramPacket last = new java.net.DatagramPacket(new byte[2048], 2048);
                peer.receive(last);
                assertThat(last.getLength()).isEqualTo("to a name".length());
                peer.send(new java.net.DatagramPacket(answer, answer.length, last.getSocketAddress()));
                assertThat(recorder.next()).isEqualTo(new PlayedDatagramSocket.Datagram("answer", name));
                channel.disconnect().sync();
                channel.writeAndFlush(new DatagramPacket(ascii("to all again"), peerOfModule))
                        .sync();
                assertThat(take(peer)).isEqualTo("to all again");
                channel.close().sync();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> module.modem().sockets().isEmpty());

                Channel chosen = bootstrap.bind(0).sync().channel();
                assertThat(((InetSocketAddress) chosen.localAddress()).getPort())
                        .isGreaterThanOrEqualTo(49_152);
                chosen.close().sync();
            } finally {
                Loops.close(group);
            }
        }
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String take(DatagramSocket peer) throws IOException {
        java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[2048], 2048);
        peer.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    /** Sends back what it gets. */
    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    /** What a server of a test does. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static Future<?> inBackground(Work work) {
        var executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "test-server");
            thread.setDaemon(true);
            return thread;
        });
        Future<?> done = executor.submit(() -> {
            work.run();
            return null;
        });
        executor.shutdown();
        return done;
    }

    /** Hashes so many bytes. */
    private static final class Hashing extends SimpleChannelInboundHandler<ByteBuf> {

        private final CompletableFuture<byte[]> digest = new CompletableFuture<>();
        private final MessageDigest hash;
        private final int total;
        private volatile int count;

        Hashing(int total) throws Exception {
            this.hash = MessageDigest.getInstance("SHA-256");
            this.total = total;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the event loop's alone
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            count += message.readableBytes();
            hash.update(message.nioBuffer());
            if (count == total) {
                digest.complete(hash.digest());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            digest.completeExceptionally(new IOException("ended early: count=" + count));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            digest.completeExceptionally(cause);
        }
    }
}
