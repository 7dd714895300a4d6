package io.uartnio.it;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.SocketAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Equal Netty channels to a server that sends everything back; each writes as long as it is writable. */
final class EchoLoad {

    /** What the channels do with the bytes. */
    enum Kind {
        /** Random bytes in pieces of random sizes, compared by SHA-256; reading stops now and then. */
        CHECKED,
        /** Always the same buffer, and what comes back is counted: as little work as can be. */
        COUNTED
    }

    private static final int MAX_PIECE_BYTES = 8192;
    private static final ByteBuf SAME =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(MAX_PIECE_BYTES).writeZero(MAX_PIECE_BYTES));
    private static final int MAX_PAUSE_MICROS = 2_000;
    /** Of the reads, one in so many is followed by a pause. */
    private static final int READS_PER_PAUSE = 20;

    private final int channels;
    private final long bytesEach;
    private final Kind kind;
    private final AtomicLongArray received;
    private final List<Peer> peers = new ArrayList<>();
    private final long[] atStart;
    private long startNanos;
    /** Completed by the first channel that is through: what each had received then. */
    private final CompletableFuture<long[]> firstIsThrough = new CompletableFuture<>();

    EchoLoad(int channels, long bytesEach, Kind kind) {
        this.channels = channels;
        this.bytesEach = bytesEach;
        this.kind = kind;
        this.received = new AtomicLongArray(channels);
        this.atStart = new long[channels];
    }

    /** Connects all channels; returns when they are connected and have begun. */
    void start(Bootstrap bootstrap, SocketAddress server, long seed) throws InterruptedException {
        for (int i = 0; i < channels; i++) {
            Peer peer = new Peer(i, new Random(seed + i));
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
        startNanos = System.nanoTime();
        // All begin at once: shares can only be compared while all are at work.
        peers.forEach(Peer::begin);
        for (int i = 0; i < channels; i++) {
            atStart[i] = received.get(i);
        }
    }

    /** Waits until everything has come back on every channel; fails if one has failed or got something else. */
    void await(long seconds) throws Exception {
        for (Peer peer : peers) {
            peer.through.get(seconds, TimeUnit.SECONDS);
        }
    }

    long nanos() {
        return System.nanoTime() - startNanos;
    }

    long receivedBytes() {
        long sum = 0;
        for (int i = 0; i < channels; i++) {
            sum += received.get(i);
        }
        return sum;
    }

    /** Returns how often a channel has stopped reading. */
    long pauses() {
        return peers.stream().mapToLong(peer -> peer.paused.get()).sum();
    }

    /** Returns Jain's index, (Σx)² ÷ (n·Σx²), of what each channel had received when the first was through. */
    double fairness() {
        long[] atEnd = firstIsThrough.join();
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < channels; i++) {
            double share = atEnd[i] - atStart[i];
            sum += share;
            squares += share * share;
        }
        return sum * sum / (channels * squares);
    }

    void close() {
        peers.forEach(peer -> peer.context.close().awaitUninterruptibly());
    }

    private final class Peer extends ChannelInboundHandlerAdapter {

        private final int number;
        private final Random random;
        private final MessageDigest sent = Bench.sha256();
        private final MessageDigest got = Bench.sha256();
        private final CompletableFuture<Void> through = new CompletableFuture<>();
        private volatile ChannelHandlerContext context;
        private final AtomicLong paused = new AtomicLong();
        private boolean begun;
        private long leftBytes = bytesEach;

        Peer(int number, Random random) {
            this.number = number;
            this.random = random;
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
                ByteBuf piece = piece();
                leftBytes -= piece.readableBytes();
                Future<?> unused = context.write(piece, context.voidPromise()); // what fails, fails the channel
                if (leftBytes == 0 || random.nextBoolean() || !context.channel().isWritable()) {
                    context.flush();
                }
            }
        }

        private ByteBuf piece() {
            if (kind == Kind.COUNTED) {
                return SAME.duplicate().writerIndex((int) Math.min(leftBytes, MAX_PIECE_BYTES));
            }
            byte[] bytes = new byte[(int) Math.min(leftBytes, 1 + random.nextInt(MAX_PIECE_BYTES))];
            random.nextBytes(bytes);
            sent.update(bytes);
            return context.alloc().buffer(bytes.length).writeBytes(bytes);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext changed) {
            send();
        }

        @Override
        public void channelRead(ChannelHandlerContext read, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            int size = bytes.readableBytes();
            if (kind == Kind.CHECKED) {
                got.update(bytes.nioBuffer());
            }
            bytes.release();
            if (received.addAndGet(number, size) >= bytesEach) {
                end();
            } else if (kind == Kind.CHECKED && random.nextInt(READS_PER_PAUSE) == 0) {
                pause();
            }
        }

        private void end() {
            long[] now = new long[channels];
            for (int i = 0; i < channels; i++) {
                now[i] = received.get(i);
            }
            firstIsThrough.complete(now);
            if (received.get(number) == bytesEach && MessageDigest.isEqual(got.digest(), sent.digest())) {
                through.complete(null);
            } else {
                through.completeExceptionally(new AssertionError("something else came back: channel=" + number));
            }
        }

        private void pause() {
            paused.incrementAndGet();
            context.channel().config().setAutoRead(false);
            Future<?> unused = context.executor()
                    .schedule(
                            () -> context.channel().config().setAutoRead(true),
                            random.nextInt(MAX_PAUSE_MICROS),
                            TimeUnit.MICROSECONDS);
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
