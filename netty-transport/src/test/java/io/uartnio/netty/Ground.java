package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Where a scenario is played: channels of one kind, the other end of their connections, and a journal of what the
 * channel has told. {@link #assertSame} plays it with Netty's own channel over the kernel's TCP and with ours over a
 * module that is played in memory, and compares the journals.
 */
abstract class Ground {

    /** What is done on a ground. */
    @FunctionalInterface
    interface Act {
        void on(Ground ground) throws Exception;
    }

    /** The other end of a connection. */
    interface Peer {
        void send(String text) throws IOException;

        /** Ends the stream. */
        void end() throws IOException;

        /** Waits for so many bytes. */
        String receive(int count) throws IOException;
    }

    /** Counts to the byte what was not released. */
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    final EventLoopGroup group = Loops.NIO.open();

    private final Thread player = Thread.currentThread();
    /** What has happened on the event loop. */
    private final List<String> told = new ArrayList<>();
    /** What the test's own thread has seen, which may be before or after what has happened at the same time. */
    private final List<String> seen = new ArrayList<>();

    static void assertSame(Act act) throws Exception {
        List<String> kernels = new OfKernel().play(act);
        assertThat(new OfModule().play(act)).as("as with NioSocketChannel").isEqualTo(kernels);
    }

    final List<String> play(Act act) throws Exception {
        try {
            act.on(this);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(getClass().getSimpleName() + ", so far " + told() + seen, e);
        } finally {
            Loops.close(group);
            close();
        }
        assertThat(allocator.metric().usedHeapMemory()).as("heap left").isZero();
        assertThat(allocator.metric().usedDirectMemory()).as("direct left").isZero();
        List<String> all = new ArrayList<>(told());
        all.add("--");
        all.addAll(seen);
        return all;
    }

    abstract SocketChannel newChannel();

    /** An address where somebody listens. */
    abstract SocketAddress listening() throws IOException;

    /** An address where nobody answers, so that a connect is pending for ever. */
    abstract SocketAddress silent() throws IOException;

    /** The module, or the kernel, connects the channel that asks for it; returns who is at the other end. */
    abstract Peer accept() throws Exception;

    abstract void close() throws IOException;

    /** A bootstrap of channels that write the journal and then have these handlers. */
    Bootstrap bootstrap(ChannelHandler... handlers) {
        return new Bootstrap()
                .group(group)
                .channelFactory(this::newChannel)
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.ALLOCATOR, allocator)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Writer()).addLast(handlers);
                    }
                });
    }

    /** A channel that is connected, and who is at the other end. */
    record Connected(SocketChannel channel, Peer peer) {}

    Connected connect(ChannelHandler... handlers) throws Exception {
        return connect(bootstrap(handlers));
    }

    Connected connect(Bootstrap bootstrap) throws Exception {
        ChannelFuture connect = bootstrap.connect(listening());
        Peer peer = accept();
        connect.sync();
        await("active");
        return new Connected((SocketChannel) connect.channel(), peer);
    }

    SocketChannel unconnected(ChannelHandler... handlers) throws InterruptedException {
        return (SocketChannel) bootstrap(handlers).register().sync().channel();
    }

    ByteBuf text(String text) {
        return ByteBufUtil.writeAscii(allocator, text);
    }

    // -- the journal --

    void note(Object entry) {
        if (Thread.currentThread() == player) {
            seen.add(String.valueOf(entry));
            return;
        }
        synchronized (told) {
            told.add(String.valueOf(entry));
            told.notifyAll();
        }
    }

    /** Waits for the end of what was tried and notes it. */
    void note(String what, ChannelFuture future) throws InterruptedException {
        assertThat(future.await(60, TimeUnit.SECONDS)).as(what).isTrue();
        note(what + " " + outcome(future));
    }

    static String outcome(ChannelFuture future) {
        return future.isSuccess() ? "done" : words(future.cause());
    }

    /** Exceptions of Netty's own carry no words that matter. */
    static String words(Throwable cause) {
        return cause.getClass().getName() + (cause.getCause() == null ? "" : " by " + words(cause.getCause()));
    }

    void noteState(Channel channel) {
        note(channel.isActive() ? "is active" : channel.isOpen() ? "is open" : "is closed");
    }

    private List<String> told() {
        synchronized (told) {
            return List.copyOf(told);
        }
    }

    /** Waits until this has happened on the event loop. */
    void await(String entry) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        synchronized (told) {
            while (!told.contains(entry)) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                assertThat(leftMillis)
                        .as("milliseconds left to wait for: %s", entry)
                        .isPositive();
                told.wait(leftMillis);
            }
        }
    }

    /** Waits until the event loop has done what it was given before. */
    static void settle(Channel channel) throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            channel.eventLoop().submit(() -> {}).await();
        }
    }

    /** Notes what the channel tells; at the head of the pipeline. */
    private final class Writer extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRegistered(ChannelHandlerContext context) {
            note("registered");
            context.fireChannelRegistered();
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext context) {
            note("unregistered");
            context.fireChannelUnregistered();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            note("active");
            context.fireChannelActive();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            note("inactive");
            context.fireChannelInactive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            note("read " + buffer.toString(StandardCharsets.US_ASCII));
            buffer.release();
            context.fireChannelRead("");
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            note("complete");
            context.fireChannelReadComplete();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            note("writable " + context.channel().isWritable());
            context.fireChannelWritabilityChanged();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            note("event " + event.getClass().getSimpleName());
            context.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            note("caught " + words(cause));
        }
    }

    /** {@code NioSocketChannel} over loopback. */
    private static final class OfKernel extends Ground {

        private final ServerSocket server;
        private final List<AutoCloseable> opened = new ArrayList<>();

        OfKernel() throws IOException {
            server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
            opened.add(server);
        }

        @Override
        SocketChannel newChannel() {
            return new NioSocketChannel();
        }

        @Override
        SocketAddress listening() {
            return server.getLocalSocketAddress();
        }

        @Override
        SocketAddress silent() throws IOException {
            ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            opened.add(full);
            for (int i = 0; i < 8; i++) {
                java.nio.channels.SocketChannel filling = java.nio.channels.SocketChannel.open();
                opened.add(filling);
                // Linux queues two for a backlog of 1: they are there before anybody else asks.
                filling.configureBlocking(i < 2);
                filling.connect(full.getLocalSocketAddress());
            }
            return full.getLocalSocketAddress();
        }

        @Override
        Peer accept() throws IOException {
            Socket socket = server.accept();
            opened.add(socket);
            return new Peer() {
                @Override
                public void send(String text) throws IOException {
                    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                }

                @Override
                public void end() throws IOException {
                    socket.shutdownOutput();
                }

                @Override
                public String receive(int count) throws IOException {
                    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
                }
            };
        }

        @Override
        void close() throws IOException {
            for (AutoCloseable each : opened) {
                try {
                    each.close();
                } catch (IOException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        }
    }

    /** {@link ModemSocketChannel} over a module that is played. */
    private static final class OfModule extends Ground {

        private static final ConditionFactory SOON = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1));

        private final PlayedModule module = new PlayedModule();

        @Override
        SocketChannel newChannel() {
            return new ModemSocketChannel(module, null);
        }

        @Override
        SocketAddress listening() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        }

        @Override
        SocketAddress silent() {
            return listening();
        }

        @Override
        Peer accept() throws InterruptedException {
            PlayedSocket socket = module.nextSocket();
            SOON.until(() -> socket.state() == ModuleSocket.State.CONNECTING);
            socket.connect();
            return new Peer() {
                @Override
                public void send(String text) {
                    socket.deliver(text.getBytes(StandardCharsets.US_ASCII));
                }

                @Override
                public void end() {
                    socket.end();
                }

                @Override
                public String receive(int count) {
                    int before = socket.taken().length;
                    SOON.until(() -> {
                        socket.takeAll();
                        return socket.taken().length >= before + count;
                    });
                    return new String(socket.taken(), before, count, StandardCharsets.US_ASCII);
                }
            };
        }

        @Override
        void close() {}
    }
}
