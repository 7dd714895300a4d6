package io.uartnio.it;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Equal Netty channels that only receive, or only send, with as little work as can be. It is through when the other end
 * of each direction has counted every byte: the channels themselves, or whoever they send to, by {@link #arrived}.
 */
final class OneWayLoad {

    enum Direction {
        /** To the channels. */
        DOWN,
        /** From the channels. */
        UP
    }

    private static final int PIECE_BYTES = 8192;
    private static final ByteBuf SAME =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(PIECE_BYTES).writeZero(PIECE_BYTES));

    private final Direction direction;
    private final int channels;
    private final long bytesEach;
    private final List<Peer> peers = new ArrayList<>();
    private final AtomicLongArray received;
    private final AtomicLong arrived = new AtomicLong();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CompletableFuture<Void> through = new CompletableFuture<>();
    private long startNanos;

    OneWayLoad(Direction direction, int channels, long bytesEach) {
        this.direction = direction;
        this.channels = channels;
        this.bytesEach = bytesEach;
        this.received = new AtomicLongArray(channels);
    }

    /** What a server does that is the other end. */
    void serve(Socket connection) throws IOException {
        byte[] buffer = new byte[PIECE_BYTES];
        if (direction == Direction.DOWN) {
            awaitBegun();
            for (long left = bytesEach; left > 0; left -= buffer.length) {
                connection.getOutputStream().write(buffer, 0, (int) Math.min(left, buffer.length));
            }
        }
        // To the end even of a stream that brings nothing: this thread's time is counted while it lives.
        for (int count = connection.getInputStream().read(buffer);
                count >= 0;
                count = connection.getInputStream().read(buffer)) {
            arrived(count);
        }
    }

    private void awaitBegun() throws IOException {
        try {
            begun.await();
        } catch (InterruptedException e) {
            throw new IOException("closed before it began", e);
        }
    }

    /** Connects all channels, one after the other, so that a module gives them its indexes in this order. */
    void connect(Bootstrap bootstrap, SocketAddress server) throws InterruptedException {
        for (int i = 0; i < channels; i++) {
            Peer peer = new Peer(i);
            peers.add(peer);
            bootstrap
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(peer);
                        }
                    })
                    .connect(server)
                    .sync();
        }
    }

    /** Begins, with everybody at once. */
    void begin() {
        startNanos = System.nanoTime();
        begun.countDown();
        if (direction == Direction.UP) {
            peers.forEach(Peer::begin);
        }
    }

    /** Bytes have come where they were to go. Any thread. */
    void arrived(long bytes) {
        if (arrived.addAndGet(bytes) == channels * bytesEach) {
            through.complete(null);
        }
    }

    /** Returns how much that channel has received that has received least. Any thread. */
    long leastReceivedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < channels; i++) {
            least = Math.min(least, received.get(i));
        }
        return least;
    }

    /** Waits until every byte has come, and returns how long that took. */
    long awaitNanos(long seconds) throws Exception {
        through.get(seconds, TimeUnit.SECONDS);
        return System.nanoTime() - startNanos;
    }

    void close() {
        peers.forEach(peer -> peer.context.close().awaitUninterruptibly());
    }

    private final class Peer extends ChannelInboundHandlerAdapter {

        private final int number;
        private volatile ChannelHandlerContext context;
        private boolean begun;
        private long leftBytes = bytesEach;

        Peer(int number) {
            this.number = number;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        void begin() {
            context.executor().execute(() -> {
                begun = true;
                send();
            });
        }

        private void send() {
            while (begun && leftBytes > 0 && context.channel().isWritable()) {
                ByteBuf piece = SAME.duplicate().writerIndex((int) Math.min(leftBytes, PIECE_BYTES));
                leftBytes -= piece.readableBytes();
                Future<?> unused = context.write(piece, context.voidPromise()); // what fails, fails the channel
            }
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext changed) {
            send();
        }

        @Override
        public void channelRead(ChannelHandlerContext read, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            int size = bytes.readableBytes();
            bytes.release();
            received.lazySet(number, received.get(number) + size);
            arrived(size);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext of, Throwable cause) {
            through.completeExceptionally(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext of) {
            through.completeExceptionally(new AssertionError("channel was closed: channel=" + number));
        }
    }
}
