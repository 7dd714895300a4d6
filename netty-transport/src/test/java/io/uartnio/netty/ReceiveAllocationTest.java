package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import io.uartnio.socket.ModuleSocket;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an event loop allocates on the way of received bytes from the socket's ring to a handler. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReceiveAllocationTest {

    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;

    @Test
    void aBurstAllocatesNothingButThePooledBuffer() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        // What tracks a buffer is allocated, too.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        EventLoopGroup group = Loops.NIO.open();
        try {
            PlayedModule module = new PlayedModule();
            Counter counter = new Counter();
            ChannelFuture connect = new Bootstrap()
                    .group(group)
                    .channelFactory(() -> new ModemSocketChannel(module, null))
                    .resolver(ModemAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                    .handler(counter)
                    .connect(InetSocketAddress.createUnresolved("example.test", 80));
            PlayedSocket socket = module.nextSocket();
            await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
            socket.connect();
            connect.sync();
            deliver(socket, counter, WARM_UP);
            long before = counter.allocatedBytes;
            deliver(socket, counter, MEASURED);
            long bytesABurst = (counter.allocatedBytes - before) / MEASURED;
            // Less than any object has; what the JVM itself does now and then in a thread is not ours.
            assertThat(bytesABurst).isLessThan(8);
            connect.channel().close().sync();
        } finally {
            Loops.close(group);
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static void deliver(PlayedSocket socket, Counter counter, int bursts) throws InterruptedException {
        byte[] payload = new byte[1460];
        for (int i = 0; i < bursts; i++) {
            socket.deliver(payload);
            counter.bursts.acquire();
        }
    }

    /** Releases what it gets, and looks what its thread has allocated so far. */
    private static final class Counter extends ChannelInboundHandlerAdapter {

        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final Semaphore bursts = new Semaphore(0);
        private volatile long allocatedBytes;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((ByteBuf) message).release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            allocatedBytes =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            bursts.release();
        }
    }
}
