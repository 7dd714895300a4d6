package io.uartnio.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.uartnio.Modem;
import io.uartnio.netty.ModemAddressResolverGroup;
import io.uartnio.netty.ModemSocketChannel;
import io.uartnio.socket.ModuleSocketSource;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A channel of Netty's that can be given bytes to receive, and its event loop, which runs when it is told to: so one
 * thread does everything, and a busy machine disturbs all kinds of channels alike.
 */
abstract class ReceiveBed implements AutoCloseable {

    /** What is given at once; every kind of channel holds it without a reader. */
    static final int BURST_BYTES = Workload.RING_BYTES / 2;

    final ManualIoEventLoop loop;
    private final Counter counter = new Counter();
    private long expectedBytes;

    ReceiveBed(IoHandlerFactory handlers) {
        loop = new ManualIoEventLoop(Thread.currentThread(), handlers);
    }

    /** Gives the channel a burst, or as much of it as whole pieces make; returns how many bytes. */
    abstract int give() throws IOException;

    /** Runs the event loop until the channel's handler has seen so many bytes more. */
    final void receive(int bytes) {
        expectedBytes += bytes;
        while (counter.bytes < expectedBytes) {
            loop.runNow();
        }
        if (counter.bytes != expectedBytes) {
            throw new IllegalStateException("more was received than given");
        }
    }

    final ChannelHandler counter() {
        return counter;
    }

    /** Runs the event loop until the future is done. */
    final void await(Future<?> future) {
        while (!future.isDone()) {
            loop.runNow();
        }
        if (!future.isSuccess()) {
            throw new IllegalStateException("bed cannot be made", future.cause());
        }
    }

    @Override
    public void close() throws IOException {
        await(loop.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    }

    /** Counts and releases; for one channel. */
    private static final class Counter extends ChannelInboundHandlerAdapter {

        private long bytes;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            bytes += buffer.readableBytes();
            buffer.release();
        }
    }

    /** Ours: frames go through the demultiplexer into the socket's ring, as the port's reader has it. */
    static final class OfModule extends ReceiveBed {

        private final MemoryModule module = new MemoryModule().start();
        private final Channel channel;
        private final byte[] frames;
        private final int payloadBytes;

        OfModule(int payload) {
            super(NioIoHandler.newFactory());
            ChannelFuture connect = new Bootstrap()
                    .group(loop)
                    .channelFactory(ModemSocketChannel.factory(asModem(module)))
                    .resolver(ModemAddressResolverGroup.INSTANCE)
                    .handler(counter())
                    .connect("benchmark.test", 80);
            await(connect);
            channel = connect.channel();
            byte[] frame = MemoryModule.frame(0, new byte[payload]);
            int count = BURST_BYTES / payload;
            frames = new byte[count * frame.length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(frame, 0, frames, i * frame.length, frame.length);
            }
            payloadBytes = count * payload;
        }

        /** A modem that has sockets and nothing else. */
        private static Modem asModem(MemoryModule module) {
            return (Modem) Proxy.newProxyInstance(
                    Modem.class.getClassLoader(),
                    new Class<?>[] {Modem.class, ModuleSocketSource.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("moduleSockets")) {
                            return module.engine();
                        }
                        throw new UnsupportedOperationException(method.getName());
                    });
        }

        @Override
        int give() {
            module.push(frames, 0, frames.length);
            return payloadBytes;
        }

        @Override
        public void close() throws IOException {
            await(channel.close());
            super.close();
            module.close();
        }
    }

    /** Netty's over the kernel's TCP. */
    static final class OfLoopback extends ReceiveBed {

        private final SocketChannel sender;
        private final Channel channel;
        private final ByteBuffer burst = ByteBuffer.allocateDirect(BURST_BYTES);

        OfLoopback() throws IOException {
            super(NioIoHandler.newFactory());
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ChannelFuture connect = new Bootstrap()
                        .group(loop)
                        .channel(NioSocketChannel.class)
                        .handler(counter())
                        .connect(server.getLocalAddress());
                await(connect);
                channel = connect.channel();
                sender = server.accept();
            }
        }

        @Override
        int give() throws IOException {
            burst.clear();
            while (burst.hasRemaining()) {
                sender.write(burst);
            }
            return BURST_BYTES;
        }

        @Override
        public void close() throws IOException {
            await(channel.close());
            super.close();
            sender.close();
        }
    }

    /** Netty's between two channels of a JVM, which hands buffers on as they are: the one copy is into the buffer. */
    static final class OfLocal extends ReceiveBed {

        private final Channel sender;
        private final byte[] piece;
        private ChannelFuture newest;

        OfLocal(int payload) {
            super(LocalIoHandler.newFactory());
            piece = new byte[payload];
            LocalAddress address = new LocalAddress(OfLocal.class);
            ChannelFuture bind = new ServerBootstrap()
                    .group(loop)
                    .channel(LocalServerChannel.class)
                    .childHandler(counter())
                    .bind(address);
            await(bind);
            ChannelFuture connect = new Bootstrap()
                    .group(loop)
                    .channel(LocalChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(address);
            await(connect);
            sender = connect.channel();
        }

        @Override
        int give() {
            int count = BURST_BYTES / piece.length;
            for (int i = 0; i < count; i++) {
                newest = sender.write(sender.alloc().directBuffer(piece.length).writeBytes(piece));
            }
            // By the loop, as it hands the buffers to the other channel at once.
            loop.execute(sender::flush);
            return count * piece.length;
        }

        @Override
        public void close() throws IOException {
            if (newest != null) {
                await(newest);
            }
            await(sender.close());
            super.close();
        }
    }
}
